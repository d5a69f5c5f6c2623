import type { Cause } from '../schema/index.ts'
import { Failure, badRequest, forbiddenField, invalid, requiredField } from '../status/index.ts'
import type { Call } from './call.ts'

type Query = Readonly<Record<string, string>>

const flag = (query: Query, name: string): boolean | undefined => {
  const value = query[name]
  if (value === undefined || value === '') return undefined
  // The API server reads a bare or odd value as true; only these say no.
  return value !== '0' && value.toLowerCase() !== 'false'
}

const count = (query: Query, name: string): number | undefined => {
  const value = query[name]
  if (value === undefined || value === '') return undefined
  if (!/^-?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
  return Number(value)
}

/** @throws Failure 400 for a number of a list that is none. */
export const checkNumbers = (query: Query): void => {
  for (const name of ['timeoutSeconds', 'limit']) count(query, name)
}

/** A resourceVersion as the number that it is here. @throws Failure 400 for anything else. */
export const parseRevision = (text: string, field = 'resourceVersion'): number => {
  if (/^\d+$/.test(text)) return Number(text)
  throw badRequest(
    `invalid resource version: ${field}: Invalid value: ${JSON.stringify(text)}: ` +
      `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  )
}

/** The same for a watch, which says so with less ceremony (kube-apiserver 1.37). */
const watchRevision = (text: string): number => {
  if (/^\d+$/.test(text)) return Number(text)
  const quoted = JSON.stringify(text)
  throw new Failure(500, '', `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`)
}

export interface ListOptions {
  readonly labelSelector: string
  readonly fieldSelector: string
  readonly limit: number
  readonly continue: string
  /** Undefined: the most recent. */
  readonly revision: number | undefined
  readonly match: '' | 'Exact' | 'NotOlderThan'
  readonly timeoutSeconds: number | undefined
  readonly allowWatchBookmarks: boolean
  readonly sendInitialEvents: boolean | undefined
}

/** @throws Failure 400 or 422 for what no API server accepts. */
export const listOptionsOf = (query: Query, watch: boolean): ListOptions => {
  const text = query['resourceVersion'] ?? ''
  const match = query['resourceVersionMatch'] ?? ''
  const sendInitialEvents = flag(query, 'sendInitialEvents')
  const causes = listProblems(query, watch, sendInitialEvents)
  if (causes.length > 0) throw invalid('meta.k8s.io', 'ListOptions', '', causes)
  return {
    labelSelector: query['labelSelector'] ?? '',
    fieldSelector: query['fieldSelector'] ?? '',
    limit: count(query, 'limit') ?? 0,
    continue: query['continue'] ?? '',
    revision: text === '' ? undefined : watch ? watchRevision(text) : parseRevision(text),
    match: match === 'Exact' || match === 'NotOlderThan' ? match : '',
    timeoutSeconds: count(query, 'timeoutSeconds'),
    allowWatchBookmarks: flag(query, 'allowWatchBookmarks') ?? false,
    sendInitialEvents,
  }
}

const listProblems = (query: Query, watch: boolean, sendInitialEvents: boolean | undefined): readonly Cause[] => {
  const match = query['resourceVersionMatch'] ?? ''
  const field = 'resourceVersionMatch'
  if (watch) {
    if (sendInitialEvents === undefined)
      return match === ''
        ? []
        : [forbiddenField(field, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'), ...notForWatch(match)]
    return match === 'NotOlderThan'
      ? []
      : [forbiddenField(field, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'), ...notForWatch(match)]
  }
  if (sendInitialEvents !== undefined) return [forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list')]
  if (match === '') return []
  const causes: Cause[] = []
  if ((query['resourceVersion'] ?? '') === '')
    causes.push(forbiddenField(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'))
  if ((query['continue'] ?? '') !== '') causes.push(forbiddenField(field, 'resourceVersionMatch is forbidden when continue is provided'))
  if (match !== 'Exact' && match !== 'NotOlderThan')
    causes.push({
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
      field,
    })
  else if (match === 'Exact' && query['resourceVersion'] === '0')
    causes.push(forbiddenField(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
  return causes
}

const notForWatch = (match: string): readonly Cause[] =>
  match === 'NotOlderThan' || match === ''
    ? []
    : [
        {
          reason: 'FieldValueNotSupported',
          message: `Unsupported value: ${JSON.stringify(match)}: supported values: "NotOlderThan"`,
          field: 'resourceVersionMatch',
        },
      ]

export interface WriteOptions {
  readonly dryRun: boolean
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict'
  readonly force: boolean
  /** Who is recorded in managedFields. */
  readonly fieldManager: string
}

type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions'

/** @throws Failure 422 for values that are none. */
export const writeOptionsOf = (call: Call, kind: OptionsKind, isApply = false): WriteOptions => {
  const { query } = call
  const fieldValidation = query['fieldValidation'] ?? ''
  const causes: Cause[] = [
    ...(kind === 'PatchOptions' ? applyProblems(query, isApply) : []),
    ...managerProblems(query['fieldManager'] ?? ''),
    ...dryRunProblems(query['dryRun']),
  ]
  if (fieldValidation !== '' && fieldValidation !== 'Ignore' && fieldValidation !== 'Warn' && fieldValidation !== 'Strict') {
    causes.push({
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${JSON.stringify(fieldValidation)}: supported values: "", "Ignore", "Strict", "Warn"`,
      field: 'fieldValidation',
    })
  }
  if (causes.length > 0) throw invalid('meta.k8s.io', kind, '', causes)
  return {
    dryRun: query['dryRun'] === 'All',
    fieldValidation: fieldValidation === 'Ignore' || fieldValidation === 'Strict' ? fieldValidation : 'Warn',
    force: flag(query, 'force') ?? false,
    fieldManager: (query['fieldManager'] ?? '') || managerOf(call.headers['user-agent']),
  }
}

/** An apply has a name, and it alone may be forced. */
const applyProblems = (query: Query, isApply: boolean): readonly Cause[] => {
  if (isApply) return (query['fieldManager'] ?? '') === '' ? [requiredField('fieldManager', 'is required for apply patch')] : []
  return flag(query, 'force') === undefined ? [] : [forbiddenField('force', 'may not be specified for non-apply patch')]
}

const longestManager = 128

/** Who writes without a name is known by the program: what its User-Agent says before the first slash. */
const managerOf = (userAgent = ''): string => (userAgent.split('/')[0] ?? '').replace(unprintable, '').slice(0, longestManager) || 'unknown'

const unprintable = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu

const managerProblems = (manager: string): readonly Cause[] => [
  ...(manager.length > longestManager
    ? [{ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${longestManager} bytes`, field: 'fieldManager' }]
    : []),
  ...[...manager.matchAll(unprintable)].map(({ 0: sign, index }) => {
    const code = `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
    const message = `Invalid value: ${JSON.stringify(manager)}: invalid character ${code} (at position ${index})`
    return { reason: 'FieldValueInvalid', message, field: 'fieldManager' }
  }),
]

export const dryRunProblems = (value: unknown): readonly Cause[] =>
  value === undefined || value === 'All'
    ? []
    : [
        {
          reason: 'FieldValueNotSupported',
          message: `Unsupported value: ${JSON.stringify([value])}: supported values: "All"`,
          field: 'dryRun',
        },
      ]

export { count as countOf, flag as flagOf }
