import { annotations } from '../../api/index.ts'
import { isClaim, text, texts, valueOf, who } from './cel.ts'
import type { PolicyDraft } from './policy.ts'

/**
 * Who takes a Node without an instance for a leftover and deletes it. A cloud-controller-manager comes as its own service
 * account or user, or as `node-controller`, which its node controllers share with kube-controller-manager's (1.37).
 * Never the garbage collector: it must be able to delete the Nodes of a set.
 */
export const earlyDeleters: readonly string[] = [
  'system:serviceaccount:kube-system:node-controller',
  'system:serviceaccount:kube-system:cloud-controller-manager',
  'system:cloud-controller-manager',
]

const past = texts(['Running', 'Draining', 'Deleting'])

/**
 * A deletion can't be taken back. To a cloud-controller-manager a claim is a Node that is not ready and has no instance,
 * and it would delete it before its machine could come up.
 */
export const earlyDeletion = (denied: readonly string[]): PolicyDraft => ({
  name: 'early-deletion.kube-node.dev',
  group: '',
  version: 'v1',
  resources: ['nodes'],
  operations: ['DELETE'],
  conditions: [
    { name: 'claim', expression: isClaim('oldObject') },
    {
      name: 'being-provisioned',
      expression:
        `!has(oldObject.metadata.deletionTimestamp) && !((has(oldObject.metadata.annotations) ? ` +
        `${valueOf('oldObject.metadata.annotations', annotations.phase)} : '') in ${past})`,
    },
  ],
  validations: [
    {
      expression: `!(has(request.userInfo.username) && request.userInfo.username in ${texts(denied)})`,
      message: {
        expression:
          `'the machine of this Node is being provisioned, so ' + ${who} + ` +
          text(' may not delete it yet: kube-node gives up or tries again by itself; a person may delete it at any time'),
        otherwise: 'the machine of this Node is being provisioned: it may not be deleted as a leftover yet',
      },
    },
  ],
})
