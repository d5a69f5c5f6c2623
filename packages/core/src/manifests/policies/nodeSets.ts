import { group, mostClasses, version } from '../../api/index.ts'
import { verbs } from '../verbs.ts'
import { isSystem, may, noneOr } from './cel.ts'
import { lacks } from './lacks.ts'
import type { PolicyDraft, Validation } from './policy.ts'

const classesOf = (side: 'object' | 'oldObject'): string =>
  `${side} == null || !has(${side}.spec) ? [] : has(${side}.spec.nodeClassNames) ? ${side}.spec.nodeClassNames : ` +
  `[has(${side}.spec.nodeClassName) ? ${side}.spec.nodeClassName : '']`

const groupOf = (side: 'object' | 'oldObject'): string =>
  `${side} != null && has(${side}.spec) && has(${side}.spec.group) && has(${side}.spec.group.id) ? ${side}.spec.group.id : ''`

const className = "(size(variables.classes) > 0 ? variables.classes[0] : '')"

/** One question an expression: the API server lets none of them cost more than two. */
const each = (list: string, unless: string): readonly Validation[] =>
  Array.from({ length: mostClasses }, (_, at) => ({
    expression: `size(${list}) <= ${at} || ${unless.replaceAll('ITEM', `${list}[${at}]`)} || ${may(verbs.use, `${list}[${at}]`)}`,
    message: lacks(verbs.use, `(size(${list}) > ${at} ? ${list}[${at}] : '')`),
  }))

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
    { name: 'classes', expression: classesOf('object') },
    { name: 'oldClasses', expression: classesOf('oldObject') },
    { name: 'group', expression: groupOf('object') },
    { name: 'oldGroup', expression: groupOf('oldObject') },
    { name: 'system', expression: isSystem },
  ],
  validations: [
    ...each('variables.classes', "request.operation == 'DELETE'"),
    ...each(
      'variables.oldClasses',
      "request.operation == 'CREATE' || (request.operation == 'UPDATE' && ITEM in variables.classes) || " +
        "(request.operation == 'DELETE' && variables.system)",
    ),
    // A group that is taken over becomes kube-node's to drain and shrink, as a Node that is adopted does.
    {
      expression: `${noneOr('variables.group', 'variables.oldGroup')} || ${may(verbs.adopt, className)}`,
      message: lacks(verbs.adopt, className, 'take groups over for NodeClass'),
    },
  ],
}
