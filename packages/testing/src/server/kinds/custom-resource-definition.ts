import { type Draft, at, isObject, textAt } from '../objects/index.ts'
import { definitionsOf } from '../schema/index.ts'
import { invalidValue } from '../status/index.ts'
import type { KindRules } from './rules.ts'

/** Holds a CRD until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

export const customResourceDefinition: KindRules = {
  generation: true,
  unconditionalUpdate: false,
  prepareCreate: draft => {
    draft['spec'] = completed(draft)
    draft['status'] = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: storageVersions(draft) }
  },
  prepareUpdate: draft => {
    draft['spec'] = completed(draft)
  },
  validateCreate: draft => definitionsOf(draft).causes,
  validateUpdate: (draft, old) => {
    const fixed = [['group'], ['scope'], ['names', 'plural'], ['names', 'kind']] as const
    return [
      ...definitionsOf(draft).causes,
      ...fixed
        .filter(path => textAt(draft, 'spec', ...path) !== textAt(old, 'spec', ...path))
        .map(path => invalidValue(`spec.${path.join('.')}`, at(draft, 'spec', ...path), 'field is immutable')),
    ]
  },
}

export const storageVersions = (crd: Readonly<Record<string, unknown>>): readonly string[] => {
  const versions = at(crd, 'spec', 'versions')
  return (Array.isArray(versions) ? versions : []).filter(v => at(v, 'storage') === true).map(v => textAt(v, 'name'))
}

/** The names that a CRD may leave out. */
const completed = (draft: Draft): unknown => {
  const spec = draft['spec']
  if (!isObject(spec) || !isObject(spec['names'])) return spec
  const kind = textAt(spec, 'names', 'kind')
  const names = { singular: kind.toLowerCase(), listKind: `${kind}List` }
  return { conversion: { strategy: 'None' }, ...spec, names: { ...names, ...spec['names'] } }
}
