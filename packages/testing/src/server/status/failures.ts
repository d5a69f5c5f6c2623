import type { Cause, ResourceDefinition } from '../schema/index.ts'
import { Failure, type StatusDetails } from './failure.ts'

/** What messages and details name: `nodes` or `nodesets.kube-node.dev`. */
export interface Subject {
  readonly group: string
  readonly plural: string
  readonly name: string
}

const qualified = (group: string, word: string): string => (group === '' ? word : `${word}.${group}`)
const of = ({ group, plural, name }: Subject): string => `${qualified(group, plural)} "${name}"`
const detailsOf = ({ group, plural, name }: Subject): StatusDetails => ({
  ...(name === '' ? {} : { name }),
  ...(group === '' ? {} : { group }),
  kind: plural,
})

export const subjectOf = (definition: ResourceDefinition, name: string): Subject => ({
  group: definition.group,
  plural: definition.plural,
  name,
})

export const notFound = (subject: Subject): Failure => new Failure(404, 'NotFound', `${of(subject)} not found`, detailsOf(subject))
export const nothingHere = (): Failure => new Failure(404, 'NotFound', 'the server could not find the requested resource', {})
/** `dying`: the one in the way is being deleted. */
export const alreadyExists = (subject: Subject, dying = false): Failure =>
  new Failure(409, 'AlreadyExists', `${dying ? 'object is being deleted: ' : ''}${of(subject)} already exists`, detailsOf(subject))
export const conflict = (subject: Subject, why: string): Failure =>
  new Failure(409, 'Conflict', `Operation cannot be fulfilled on ${of(subject)}: ${why}`, detailsOf(subject))
export const modified = (subject: Subject): Failure =>
  conflict(subject, 'the object has been modified; please apply your changes to the latest version and try again')
export const forbidden = (subject: Subject, why: string, causes?: readonly Partial<Cause>[]): Failure =>
  // Of what has no name yet only the kind is told.
  new Failure(403, 'Forbidden', `${subject.name === '' ? qualified(subject.group, subject.plural) : of(subject)} is forbidden: ${why}`, {
    ...detailsOf(subject),
    ...(causes === undefined ? {} : { causes }),
  })
export const badRequest = (message: string): Failure => new Failure(400, 'BadRequest', message)
export const methodNotAllowed = (): Failure =>
  new Failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
export const notAcceptable = (accepted: readonly string[], details?: Failure['details']): Failure =>
  new Failure(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`, details)
/** A list was asked for as one object, or one object as a list. */
export const notInThisForm = (message: string): Failure => new Failure(406, 'NotAcceptable', message)
/** kube-apiserver 1.37 words it so for patches of built-in kinds, and says no more. */
export const noSuchPatch = (): Failure => new Failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
export const unsupportedMediaType = (accepted: readonly string[]): Failure =>
  new Failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )
export const expired = (message: string): Failure => new Failure(410, 'Expired', message)
export const tooManyRequests = (message: string, causes: readonly Partial<Cause>[], retryAfterSeconds?: number): Failure =>
  new Failure(429, 'TooManyRequests', message, { causes, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) })
export const tooLargeResourceVersion = (asked: number, current: number): Failure =>
  new Failure(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
export const internal = (message: string): Failure =>
  new Failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })

/** 422, with every cause in the message as `field: message`; several stand in brackets. */
export const invalid = (group: string, kind: string, name: string, causes: readonly Cause[]): Failure => {
  const lines = [...new Set(causes.map(cause => `${cause.field}: ${cause.message}`))]
  const [only] = lines
  const text = lines.length === 1 ? only : `[${lines.join(', ')}]`
  return new Failure(422, 'Invalid', `${qualified(group, kind)} "${name}" is invalid: ${text}`, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    ...(kind === '' ? {} : { kind }),
    causes,
  })
}

const quoted = (value: unknown): string => (value === undefined ? 'null' : JSON.stringify(value))

/** Causes as the API server words them, beside the ones that schemas give. */
export const invalidValue = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${quoted(value)}: ${why}`,
  field,
})
export const duplicateValue = (field: string, value: unknown): Cause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${quoted(value)}`,
  field,
})
export const forbiddenField = (field: string, why: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
})
export const requiredField = (field: string, why = ''): Cause => ({
  reason: 'FieldValueRequired',
  message: why === '' ? 'Required value' : `Required value: ${why}`,
  field,
})
export const unsupportedValue = (field: string, value: unknown, supported: readonly string[]): Cause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${quoted(value)}: supported values: ${supported.map(quoted).join(', ')}`,
  field,
})
