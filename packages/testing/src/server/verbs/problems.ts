import { rulesOf } from '../kinds/index.ts'
import type { Draft, StoredObject } from '../objects/index.ts'
import { type Cause, type ResourceDefinition, validateContent, validateMetadata, validateObject } from '../schema/index.ts'
import { scaleProblems, scaleStatusProblems } from './scale-problems.ts'

/** What is wrong with a new object, in the order in which it is told. */
export const problemsOfCreate = (definition: ResourceDefinition, draft: Draft): readonly Cause[] => {
  const rules = rulesOf(definition)
  const own = rules.validateCreate?.(draft) ?? []
  // Some kinds' own rules are asked before the rules of all kinds, which are then not reached.
  if (rules.metadataLast === true && own.length > 0) return own
  return once(definition, [...validateObject(definition, draft), ...own, ...scaleProblems(definition, draft)])
}

/** What is wrong with a changed object, or with its changed status. */
export const problemsOfUpdate = (
  definition: ResourceDefinition,
  subresource: string,
  draft: Draft,
  old: StoredObject,
  emptyMaps: ReadonlySet<string> = new Set(),
): readonly Cause[] => {
  const rules = rulesOf(definition)
  if (subresource === 'status') {
    const found = validateObject(definition, draft, old, { subresource })
    return once(definition, [...found, ...(rules.validateStatus?.(draft, old) ?? []), ...scaleStatusProblems(definition, draft)])
  }
  if (definition.custom) return [...validateObject(definition, draft, old), ...scaleProblems(definition, draft)]
  const changes = rules.validateUpdate?.(draft, old, emptyMaps) ?? []
  const content = validateContent(definition, draft)
  const own = rules.changesFirst === true ? [...changes, ...content] : [...content, ...changes]
  return once(definition, [...validateMetadata(draft, definition, old), ...own])
}

const definitions = 'customresourcedefinitions'

/** Built-in kinds find some things twice and tell them once; custom kinds and definitions tell all that they find. */
const once = ({ custom, plural }: ResourceDefinition, causes: readonly Cause[]): readonly Cause[] =>
  custom || plural === definitions
    ? causes
    : causes.filter((cause, i) => causes.findIndex(({ field, message }) => field === cause.field && message === cause.message) === i)
