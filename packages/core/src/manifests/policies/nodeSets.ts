import { group, version } from '../../api/index.ts'
import { verbs } from '../verbs.ts'
import { isSystem, may } from './cel.ts'
import { lacks } from './lacks.ts'
import type { PolicyDraft } from './policy.ts'

const classOf = (side: 'object' | 'oldObject'): string =>
  `${side} != null && has(${side}.spec) && has(${side}.spec.nodeClassName) ? ${side}.spec.nodeClassName : ''`

/**
 * A set's Nodes are made by the controller, which may use every class: whoever writes the set must be allowed to himself.
 * The scale subresource names no class, so it can't be asked about here; RBAC on `nodesets/scale` decides.
 */
export const nodeSets: PolicyDraft = {
  name: 'nodesets.kube-node.dev',
  group,
  version,
  resources: ['nodesets'],
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  conditions: [
    {
      name: 'another-spec',
      expression: "request.operation != 'UPDATE' || !has(object.spec) || !has(oldObject.spec) || object.spec != oldObject.spec",
    },
  ],
  variables: [
    { name: 'class', expression: classOf('object') },
    { name: 'oldClass', expression: classOf('oldObject') },
    { name: 'system', expression: isSystem },
  ],
  validations: [
    {
      expression: `request.operation == 'DELETE' || ${may(verbs.use, 'variables.class')}`,
      message: lacks(verbs.use, 'variables.class'),
    },
    {
      expression:
        `request.operation == 'CREATE' || variables.oldClass == variables.class || ` +
        `(request.operation == 'DELETE' && variables.system) || ${may(verbs.use, 'variables.oldClass')}`,
      message: lacks(verbs.use, 'variables.oldClass'),
    },
  ],
}
