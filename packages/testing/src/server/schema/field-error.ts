import type { Cause } from './definition.ts'
import { goJson, goNumber, goQuote } from './quote.ts'

/** Leaves the value out of the message: for objects and lists that a rule refuses. */
export const omitted: unique symbol = Symbol('omitted')

const shown = (value: unknown): string => {
  if (value === omitted) return ''
  if (typeof value === 'string') return `: ${goQuote(value)}`
  if (typeof value === 'number') return `: ${goNumber(value)}`
  return `: ${value === undefined ? 'null' : goJson(value)}`
}

const cause = (reason: string, field: string, message: string, detail: string): Cause => ({
  reason,
  message: detail === '' ? message : `${message}: ${detail}`,
  field,
})

// A path of Go's that was never begun prints as `<nil>`.
const at = (field: string): string => (field === '' ? '<nil>' : field)

export const invalid = (field: string, value: unknown, detail: string): Cause =>
  cause('FieldValueInvalid', at(field), `Invalid value${shown(value)}`, detail)

export const typeInvalid = (field: string, value: unknown, detail: string): Cause =>
  cause('FieldValueTypeInvalid', at(field), `Invalid value${shown(value)}`, detail)

export const required = (field: string, detail = ''): Cause => cause('FieldValueRequired', at(field), 'Required value', detail)

export const forbidden = (field: string, detail: string): Cause => cause('FieldValueForbidden', at(field), 'Forbidden', detail)

export const duplicate = (field: string, value: unknown, detail = ''): Cause =>
  cause('FieldValueDuplicate', at(field), `Duplicate value${shown(value)}`, detail)

export const notSupported = (field: string, value: unknown, supported: readonly string[]): Cause =>
  cause(
    'FieldValueNotSupported',
    at(field),
    `Unsupported value${shown(value)}`,
    supported.length === 0 ? '' : `supported values: ${supported.map(goQuote).join(', ')}`,
  )

/** `max` in bytes. */
export const tooLong = (field: string, max: number): Cause =>
  cause('FieldValueTooLong', at(field), 'Too long', `may not be more than ${max} ${max === 1 ? 'byte' : 'bytes'}`)

export const tooMany = (field: string, actual: number, max: number): Cause =>
  cause('FieldValueTooMany', at(field), `Too many: ${actual}`, `must have at most ${max} ${max === 1 ? 'item' : 'items'}`)
