import { type ConditionType, conditionOf, hasCondition } from '../kinds/index.ts'
import { type JsonObject, type StoredObject, at, equal, isObject, textAt } from '../objects/index.ts'

/** A condition without its time. */
export interface Condition {
  readonly type: ConditionType
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

export interface Naming {
  readonly acceptedNames: JsonObject
  readonly conditions: readonly Condition[]
}

/** Its kind is served under names that were accepted once, whatever names it asks for now. */
export const isServed = (definition: StoredObject): boolean =>
  hasCondition(definition, 'NamesAccepted') || hasCondition(definition, 'Established')

/**
 * The names that a CustomResourceDefinition gets: those that it asks for, where no definition of its group (which it is one of) was given
 * them, and those that it had, where another was. Once all that it asks for are accepted its kind is served for good. Undefined where
 * nothing changes: as at kube-apiserver 1.37, also where a definition that was refused a name asks for those again that it has.
 */
export const namingOf = (definition: StoredObject, group: readonly StoredObject[]): Naming | undefined => {
  const wanted = withoutEmpty(at(definition, 'spec', 'names'))
  const before = withoutEmpty(at(definition, 'status', 'acceptedNames'))
  if (equal(wanted, before)) return undefined
  const { acceptedNames, conflict } = accepted(wanted, before, takenIn(group))
  const naming: Condition =
    conflict === undefined
      ? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
      : { type: 'NamesAccepted', status: 'False', ...conflict }
  if (equal(acceptedNames, before) && isAs(conditionOf(definition, 'NamesAccepted'), naming)) return undefined
  return { acceptedNames: { plural: '', kind: '', ...acceptedNames }, conditions: [naming, ...established(definition, naming)] }
}

const withoutEmpty = (names: unknown): JsonObject =>
  Object.fromEntries(
    Object.entries(isObject(names) ? names : {}).filter(([, name]) =>
      Array.isArray(name) ? name.length > 0 : name !== '' && name !== null && name !== undefined,
    ),
  )

const isAs = (condition: unknown, { message, reason, status }: Condition): boolean =>
  textAt(condition, 'status') === status && textAt(condition, 'reason') === reason && textAt(condition, 'message') === message

const established = (definition: StoredObject, { status }: Condition): readonly Condition[] => {
  if (hasCondition(definition, 'Established')) return []
  if (status === 'True')
    return [{ type: 'Established', status, reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }]
  return conditionOf(definition, 'Established') === undefined
    ? [{ type: 'Established', status, reason: 'NotAccepted', message: 'not all names are accepted' }]
    : []
}

interface Taken {
  /** Plurals, singulars and short names: what a resource is called in. */
  readonly resources: ReadonlySet<string>
  /** Kinds, and kinds of lists. */
  readonly kinds: ReadonlySet<string>
}

const takenIn = (group: readonly StoredObject[]): Taken => {
  const names = group.map(each => at(each, 'status', 'acceptedNames'))
  return {
    resources: new Set(names.flatMap(each => [textAt(each, 'plural'), textAt(each, 'singular'), ...shortNamesOf(each)])),
    kinds: new Set(names.flatMap(each => [textAt(each, 'kind'), textAt(each, 'listKind')])),
  }
}

const shortNamesOf = (names: unknown): readonly string[] => {
  const shortNames = at(names, 'shortNames')
  return Array.isArray(shortNames) ? shortNames.map(String) : []
}

interface Conflict {
  readonly reason: string
  readonly message: string
}

const inUse = (name: string): string => `${JSON.stringify(name)} is already in use`

/** Each name by itself, so that as many as possible are accepted; of several conflicts the last one is told. */
const accepted = (
  wanted: JsonObject,
  before: JsonObject,
  taken: Taken,
): { readonly acceptedNames: JsonObject; readonly conflict: Conflict | undefined } => {
  const conflicts: Conflict[] = []
  const one = (key: string, reason: string, others: ReadonlySet<string>): JsonObject => {
    const name = textAt(wanted, key)
    if (name === textAt(before, key) || !others.has(name)) return withoutEmpty({ [key]: name })
    conflicts.push({ reason, message: inUse(name) })
    return withoutEmpty({ [key]: before[key] })
  }
  const several = (): JsonObject => {
    const own = shortNamesOf(before)
    const messages = new Set(
      shortNamesOf(wanted)
        .filter(name => !own.includes(name) && taken.resources.has(name))
        .map(inUse),
    )
    if (messages.size === 0) return withoutEmpty({ shortNames: wanted['shortNames'] })
    const [first = ''] = messages
    conflicts.push({ reason: 'ShortNamesConflict', message: messages.size === 1 ? first : `[${[...messages].join(', ')}]` })
    return withoutEmpty({ shortNames: before['shortNames'] })
  }
  const acceptedNames = {
    ...one('plural', 'PluralConflict', taken.resources),
    ...one('singular', 'SingularConflict', taken.resources),
    ...several(),
    ...one('kind', 'KindConflict', taken.kinds),
    ...one('listKind', 'ListKindConflict', taken.kinds),
    ...withoutEmpty({ categories: wanted['categories'] }),
  }
  return { acceptedNames, conflict: conflicts.at(-1) }
}
