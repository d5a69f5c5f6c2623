import { annotations } from '../../api/index.ts'
import { verbs } from '../verbs.ts'
import { may, noneOr, nodeVariables, valueOf } from './cel.ts'
import { lacksAdoption } from './lacks.ts'
import type { PolicyDraft } from './policy.ts'

const now = 'variables.adopt'
const before = 'variables.oldAdopt'

/** Adopting a Node makes it kube-node's to drain and delete, machine and all: more than `use` of a class. */
export const adoption: PolicyDraft = {
  name: 'adoption.kube-node.dev',
  group: '',
  version: 'v1',
  resources: ['nodes', 'nodes/status'],
  operations: ['CREATE', 'UPDATE'],
  variables: [
    ...nodeVariables,
    { name: 'adopt', expression: valueOf('variables.annotations', annotations.adopt) },
    { name: 'oldAdopt', expression: valueOf('variables.oldAnnotations', annotations.adopt) },
  ],
  validations: [
    { expression: `${noneOr(now, before)} || ${may(verbs.adopt, now)}`, message: lacksAdoption(now) },
    { expression: `${noneOr(before, now)} || ${may(verbs.adopt, before)}`, message: lacksAdoption(before) },
  ],
}
