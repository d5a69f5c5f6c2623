import { annotations, finalizers, group } from '../../api/index.ts'
import { verbs } from '../verbs.ts'
import {
  freeAnnotations,
  freeLabels,
  isKubelet,
  isSystem,
  keysUnchanged,
  may,
  noFinalizerLost,
  noNewFinalizer,
  noNewOwner,
  noOwnerLost,
  noneOr,
  nodeVariables,
  taintsUnchanged,
  text,
  valueOf,
} from './cel.ts'
import { birth } from './birth.ts'
import { lacks, lacksAdoption } from './lacks.ts'
import type { PolicyDraft, Validation } from './policy.ts'

const administers = 'variables.administers'
const create = "request.operation == 'CREATE'"
const update = "request.operation == 'UPDATE'"
const sameOrNoClass = noneOr('variables.class', 'variables.oldClass')
const remove = "request.operation == 'DELETE'"

const reserved = (what: string): string =>
  `${what} belong to kube-node's controller: leave them out, or have the verb "${verbs.administer}" on nodeclasses.${group}`

const unlessRemoved = (unchanged: string, message: string): Validation => ({
  expression: `${remove} || (${unchanged}) || ${administers}`,
  message,
})

const freeChanged = [annotations.doNotDisrupt, annotations.deletionCost]
  .map(key => `${valueOf('variables.annotations', key)} != ${valueOf('variables.oldAnnotations', key)}`)
  .join(' || ')

const joined =
  "(has(variables.spec.providerID) && variables.spec.providerID != '') || " +
  '(has(variables.status.nodeInfo) && has(variables.status.nodeInfo.kubeletVersion) && variables.status.nodeInfo.kubeletVersion != ' +
  "'')"

/**
 * Whoever may `create nodes` claims machines of the classes that he may `use`, and nothing else: nobody but the
 * controller writes what it goes by, and nobody hands it a Node that looks like more than a claim.
 */
export const claims: PolicyDraft = {
  name: 'claims.kube-node.dev',
  group: '',
  version: 'v1',
  resources: ['nodes', 'nodes/status'],
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  // Kubelets have a policy of their own; they delete no Nodes.
  conditions: [{ name: 'not-a-kubelet-that-writes', expression: `${remove} || !(${isKubelet})` }],
  variables: [
    ...nodeVariables,
    { name: 'freeAnnotations', expression: freeChanged },
    // A Node that runs already is not claimed but adopted.
    { name: 'runs', expression: `${update} && !variables.wasClaim && (${joined})` },
    { name: 'administers', expression: may(verbs.administer, "variables.oldClass != '' ? variables.oldClass : variables.class") },
    { name: 'system', expression: isSystem },
  ],
  validations: [
    {
      expression:
        `!(${update}) || variables.class == variables.oldClass || ` +
        `!(${text(finalizers.machine)} in variables.oldFinalizers && ${text(finalizers.machine)} in variables.finalizers)`,
      message: 'the class of a claim does not change while its machine exists: delete this Node and create another one',
    },
    {
      expression: `${remove} || variables.runs || ${sameOrNoClass} || ${may(verbs.use, 'variables.class')}`,
      message: lacks(verbs.use, 'variables.class'),
    },
    {
      expression: `!variables.runs || ${sameOrNoClass} || ${may(verbs.adopt, 'variables.class')}`,
      message: lacksAdoption('variables.class'),
    },
    {
      expression: `!(${update}) || ${noneOr('variables.oldClass', 'variables.class')} || ${may(verbs.use, 'variables.oldClass')}`,
      message: lacks(verbs.use, 'variables.oldClass'),
    },
    {
      expression: `!(${update}) || !variables.wasClaim || !variables.freeAnnotations || ${may(verbs.use, 'variables.oldClass')}`,
      message: lacks(verbs.use, 'variables.oldClass'),
    },
    {
      expression: `!(${remove}) || !variables.wasClaim || variables.system || ${may(verbs.use, 'variables.oldClass')}`,
      message: lacks(verbs.use, 'variables.oldClass'),
    },
    unlessRemoved(keysUnchanged('labels', freeLabels), reserved(`labels of ${group}`)),
    unlessRemoved(keysUnchanged('annotations', freeAnnotations), reserved(`record, phase and other annotations of ${group}`)),
    unlessRemoved(taintsUnchanged, reserved(`taints of ${group}`)),
    unlessRemoved(
      `${noNewFinalizer} && ${noFinalizerLost}`,
      'the finalizer stays until the machine is gone: in an emergency somebody removes it who has ' +
        `the verb "${verbs.administer}" on nodeclasses.${group}`,
    ),
    unlessRemoved(noNewOwner, reserved('NodeSets as owners')),
    // The garbage collector does so when a set is deleted with --cascade=orphan.
    {
      expression: `${remove} || (${noOwnerLost}) || variables.system || ${may(verbs.use, 'variables.oldClass')}`,
      message: lacks(verbs.use, 'variables.oldClass'),
    },
    ...birth.map(({ expression, message }) => ({
      expression: `!(${create}) || !variables.isClaim || (${expression}) || ${administers}`,
      message,
    })),
  ],
}
