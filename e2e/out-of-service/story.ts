import { expect } from 'vitest'
import type { TestAPI } from 'vitest'
import { type Node, finalizers, taints } from '@kube-node/core/api'
import type { KubeObject } from '@kube-node/core/api'
import { type Audited, readAudit } from '../control-plane/index.ts'
import { refusals } from '../installed/rights.ts'
import { nothingTwice } from '../main-job/story.ts'
import { type World, printedAccount, startWorld } from '../main-job/world.ts'
import { storiesIn } from '../story/index.ts'
import type { Moment } from '../story/witness.ts'

/**
 * Stories of kubelets that fall silent, with an installation as a person makes it. kube-controller-manager gives them up after 6 s
 * instead of 50; they report every second instead of every ten.
 */
export const story: TestAPI<{ world: World }> = storiesIn(
  () => startWorld({ asPrinted: true, audited: 'everybody', nodeMonitorGraceSeconds: 6, heartbeat: '1s' }),
  nothingTwice,
)

/** What is to come one after the other: by name, the number of the write with which it came. */
export type Order = Readonly<Record<string, number>>

export const expectInOrder = (order: Order): void =>
  expect(Object.keys(order).toSorted((a, b) => (order[a] ?? 0) - (order[b] ?? 0))).toEqual(Object.keys(order))

/** Of the first such moment. */
export const when = <T extends KubeObject>(moments: readonly Moment<T>[], is: (moment: Moment<T>) => boolean): number =>
  moments.find(is)?.revision ?? expect.unreachable('it has not happened')

export const isAskedToGo = ({ object }: Moment<KubeObject>): boolean => object.metadata?.deletionTimestamp !== undefined
export const isGone = ({ event }: Moment<KubeObject>): boolean => event === 'DELETED'
export const isOutOfService = ({ object }: Moment<Node>): boolean =>
  object.spec?.taints?.some(({ key }) => key === taints.outOfService) ?? false

/** Its finalizer goes with it, in one write. */
export const expectHeldToItsEnd = (node: readonly Moment<Node>[]): void => {
  const letGo = node.filter(moment => isAskedToGo(moment) && !moment.object.metadata?.finalizers?.includes(finalizers.machine))
  expect(letGo.filter(moment => !isGone(moment))).toEqual([])
}

/** Who deleted something of that kind: service accounts as `<namespace>:<name>`, each once. */
const deleters = (requests: readonly Audited[], resource: string): readonly string[] => [
  ...new Set(
    requests
      .filter(({ verb, objectRef }) => verb === 'delete' && objectRef?.resource === resource)
      .map(({ user }) => user.username.replace('system:serviceaccount:', '')),
  ),
]

/** Pods were ended by Kubernetes alone, and nothing that our controller wanted was refused. */
export const expectDoneByKubernetes = async (
  { controlPlane }: World,
  { attachments }: { readonly attachments: boolean },
): Promise<void> => {
  const requests = await readAudit(controlPlane.dir)
  // The taint's eviction speaks as the node controller (seen on 1.37).
  const ofPods = deleters(requests, 'pods').filter(name => name !== 'kube-system:node-controller')
  expect(ofPods).toEqual(['kube-system:pod-garbage-collector'])
  expect(deleters(requests, 'volumeattachments')).toEqual(attachments ? ['kube-system:attachdetach-controller'] : [])
  expect(refusals(requests.filter(({ user }) => user.username === printedAccount))).toEqual([])
}
