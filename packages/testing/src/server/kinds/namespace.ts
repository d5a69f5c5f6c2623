import { type JsonObject, at, textAt } from '../objects/index.ts'
import { forbidden, invalidValue } from '../status/index.ts'
import type { KindRules } from './rules.ts'

const immortal = new Set(['default', 'kube-system', 'kube-public'])

export const namespace: KindRules = {
  fields: { 'status.phase': object => textAt(object, 'status', 'phase') },
  returnsDeleted: true,
  prepareCreate: draft => {
    const own = finalizersOf(draft)
    draft['spec'] = { finalizers: own.includes('kubernetes') ? own : [...own, 'kubernetes'] }
    draft['status'] = { phase: 'Active' }
  },
  prepareUpdate: (draft, old) => {
    draft['spec'] = old['spec']
  },
  canonicalize: draft => {
    draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name ?? '' }
  },
  validateStatus: draft => {
    const phase = textAt(draft, 'status', 'phase')
    const dying = draft.metadata.deletionTimestamp !== undefined
    if (phase === (dying ? 'Terminating' : 'Active')) return []
    const why = dying
      ? "may only be 'Terminating' if `deletionTimestamp` is not empty"
      : "may only be 'Active' if `deletionTimestamp` is empty"
    return [invalidValue('status.Phase', phase, why)]
  },
  admitDelete: object => {
    if (immortal.has(object.metadata.name)) {
      throw forbidden({ group: '', plural: 'namespaces', name: object.metadata.name }, 'this namespace may not be deleted')
    }
  },
}

function finalizersOf(namespace: JsonObject): readonly string[] {
  const given = at(namespace, 'spec', 'finalizers')
  return Array.isArray(given) ? given.map(String) : []
}
