import { textAt } from '../objects/index.ts'
import { forbidden } from '../status/index.ts'
import type { KindRules } from './rules.ts'

const immortal = new Set(['default', 'kube-system', 'kube-public'])

export const namespace: KindRules = {
  fields: { 'status.phase': object => textAt(object, 'status', 'phase') },
  returnsDeleted: true,
  prepareCreate: draft => {
    draft['spec'] = { finalizers: ['kubernetes'] }
    draft['status'] = { phase: 'Active' }
    draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name ?? '' }
  },
  prepareUpdate: (draft, old) => {
    draft['spec'] = old['spec']
    draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': old.metadata.name }
  },
  admitDelete: object => {
    if (immortal.has(object.metadata.name)) {
      throw forbidden({ group: '', plural: 'namespaces', name: object.metadata.name }, 'this namespace may not be deleted')
    }
  },
}
