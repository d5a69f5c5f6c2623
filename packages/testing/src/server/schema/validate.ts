import { validateRules } from './cel/rules.ts'
import type { Cause, SchemaNode } from './definition.ts'
import { invalid } from './field-error.ts'
import type { JsonObject } from './json.ts'
import { rulesOf } from './prepare.ts'
import { validateEmbedded } from './validate-embedded.ts'
import { validateLists } from './validate-lists.ts'
import { validateValue } from './validate-value.ts'

export interface ValidateOptions {
  /** A write of the status subresource is judged by its status (rules apart: those always see the whole object). */
  readonly subresource?: 'status'
  /** What was found wrong before, in metadata: rules are not asked when something basic is wrong already. */
  readonly before?: readonly Cause[]
}

/**
 * What is wrong with the object by its schema, in the API server's own words; empty when nothing is. `old` is the stored object
 * of an update: transition rules (CEL with `oldSelf`) run only with it, and errors in what it leaves alone are forgiven.
 */
export const validate = (schema: SchemaNode, object: JsonObject, old?: JsonObject, options: ValidateOptions = {}): readonly Cause[] => {
  const causes = [
    ...structure(schema, object, old, options.subresource),
    ...(options.subresource === 'status' ? [] : validateEmbedded(schema, object)),
    ...(old === undefined || validateLists(schema, old).length === 0 ? validateLists(schema, object) : []),
  ]
  const basic = [...(options.before ?? []), ...causes].some(cause => blocking.has(cause.reason))
  if (!basic) return [...causes, ...validateRules(rulesOf(schema), schema, object, old)]
  return hasRules(schema) ? [...causes, notChecked] : causes
}

const structure = (
  schema: SchemaNode,
  object: JsonObject,
  old: JsonObject | undefined,
  subresource: 'status' | undefined,
): readonly Cause[] => {
  if (subresource === undefined)
    return validateValue(schema, object, '', old === undefined ? undefined : { schema, value: object, old }).causes
  const status = schema.properties?.['status']
  const value = object['status']
  if (status === undefined || value === undefined) return []
  const before = old?.['status']
  const { causes } = validateValue(status, value, '', before === undefined ? undefined : { schema: status, value, old: before })
  // The status is judged as a whole of its own: sentences do not know where it stands.
  return causes.map(cause => ({ ...cause, field: cause.field === '<nil>' ? 'status' : `status.${cause.field}` }))
}

const hasRules = (schema: SchemaNode): boolean => rulesOf(schema).size > 0

/** Reasons after which the API server does not run rules at all. */
const blocking: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])

const notChecked = invalid(
  '',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
)
