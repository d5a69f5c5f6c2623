import { type Draft, type JsonObject, at, isObject, textAt, withAt } from '../objects/index.ts'
import { definitionWarnings, definitionsOf } from '../schema/index.ts'
import { invalidValue } from '../status/index.ts'
import type { KindRules } from './rules.ts'

/** Holds a CRD until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

export type ConditionType = 'NamesAccepted' | 'Established'

export const conditionOf = (crd: Readonly<Record<string, unknown>>, type: ConditionType): unknown => {
  const conditions = at(crd, 'status', 'conditions')
  return Array.isArray(conditions) ? conditions.find(condition => textAt(condition, 'type') === type) : undefined
}

/** Is the condition true? */
export const hasCondition = (crd: Readonly<Record<string, unknown>>, type: ConditionType): boolean =>
  textAt(conditionOf(crd, type), 'status') === 'True'

export const customResourceDefinition: KindRules = {
  generation: true,
  unconditionalUpdate: false,
  prepareCreate: draft => {
    draft['status'] = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: storageVersions(draft).slice(0, 1) }
  },
  prepareUpdate: draft => {
    // Before anybody may have stored something in the new one: a version of which objects may lie around cannot be taken away.
    const stored = storedVersions(draft)
    const [version] = storageVersions(draft)
    if (version !== undefined && !stored.includes(version))
      draft['status'] = withAt(statusOf(draft), ['storedVersions'], [...stored, version])
  },
  warnings: definitionWarnings,
  validateCreate: draft => definitionsOf(draft).causes,
  validateUpdate: (draft, old) => {
    const fixed = hasCondition(old, 'Established') ? ([['group'], ['scope'], ['names', 'plural'], ['names', 'kind']] as const) : []
    return [
      ...definitionsOf(draft).causes,
      ...fixed
        .filter(path => textAt(draft, 'spec', ...path) !== textAt(old, 'spec', ...path))
        .map(path => invalidValue(`spec.${path.join('.')}`, at(draft, 'spec', ...path), 'field is immutable')),
    ]
  },
}

const statusOf = ({ status }: Draft): JsonObject => (isObject(status) ? status : {})

const storedVersions = (draft: Draft): readonly unknown[] => {
  const stored = statusOf(draft)['storedVersions']
  return Array.isArray(stored) ? stored : []
}

const storageVersions = (crd: Readonly<Record<string, unknown>>): readonly string[] => {
  const versions = at(crd, 'spec', 'versions')
  return (Array.isArray(versions) ? versions : []).filter(v => at(v, 'storage') === true).map(v => textAt(v, 'name'))
}
