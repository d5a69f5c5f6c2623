import { type Node, type Taint, Nodes, addTaints, annotations, group, hasTaint, labels, nameOf, taints } from '../api/index.ts'
import { type MachineRecord, claimOf, formatRecord, goodRecord, tookOver } from '../claim/index.ts'
import type { Connection } from '../inventory/index.ts'
import type { Machine } from '../provider/index.ts'
import { dropDocument } from './document.ts'
import type { NodeFacts } from './facts.ts'
import type { Life } from './life.ts'
import { introduce } from './initialization.ts'
import { type NodePatch, asJson, released, withFinalizer, withoutToken } from './patches.ts'
import type { NodeStep, Performed } from './step.ts'
import { isTakenOver } from './liveClaim.ts'
import { editNode, writeNode } from './write.ts'

export type HandoverStep = Extract<NodeStep, { readonly do: 'handOver' | 'markHandedOver' | 'retire' | 'passDeletionOn' | 'letGo' }>

/** Whatever was written comes back as an event of the Node that it was written to. */
const lookAgainMs = 1_000

/**
 * Carries a step of a handover out. The order of them, each of which a new life takes up from what stands on the Nodes:
 * the Node of the new name becomes the claim (`handOver`), the claim is marked, then deleted (`retire`), then let go.
 */
export const performHandover = async (life: Life, step: HandoverStep, facts: NodeFacts): Promise<Performed> => {
  const { node } = facts
  const { context } = life
  switch (step.do) {
    case 'handOver':
      await handOver(life, facts, step)
      return { afterMs: lookAgainMs }
    case 'markHandedOver':
      return { node: await writeNode(life, node, markPatch(step.to)) }
    case 'retire':
      await context.client.delete(Nodes, { name: nameOf(node) }, { uid: node.metadata?.uid ?? '' })
      return { afterMs: lookAgainMs }
    case 'passDeletionOn':
      await context.client.delete(Nodes, { name: nameOf(step.to) }, { uid: step.to.metadata?.uid ?? '' })
      context.event(step.to, 'Normal', 'ClaimDeleted', `claim ${nameOf(node)}, which this Node took over, was deleted: so is this Node`)
      return { afterMs: lookAgainMs }
    case 'letGo':
      await dropForgottenToken(life, node, facts.heir)
      await editNode(life, node, released)
      return { afterMs: undefined }
  }
}

/**
 * Everything in one write, on the very version that was judged.
 *
 * Dies before: nothing has happened, and a new life judges anew. After, or with the answer lost: the Node carries the claim's UID, by
 * which every life knows that the claim is taken. The token goes first: it is for a first join, and this machine has joined.
 */
const handOver = async (
  life: Life,
  { node, offer }: NodeFacts,
  { machine, to }: Extract<NodeStep, { readonly do: 'handOver' }>,
): Promise<void> => {
  const record = goodRecord(node)
  if (!record) return
  await dropDocument(life, node, record)
  const startupTaints = offer.problem ? [] : (offer.nodeClass.spec.template?.startupTaints ?? [])
  const { cloudControllerManager } = life
  await writeNode(life, to, handoverPatch(node, to, { record, machine, startupTaints, cloudControllerManager }))
  const { context } = life
  const { providerID } = machine
  context.event(node, 'Normal', 'HandedOver', `the cloud calls its machine ${nameOf(to)}: the Node of that name goes on with it`)
  context.event(to, 'Normal', 'TookOver', `took machine ${providerID} over from claim ${nameOf(node)}`)
  life.events.emit('handedOver', { node: nameOf(node), to: nameOf(to), providerID })
}

/**
 * Before the machine of a claim is deleted or replaced: a write of ours may have handed the claim over, of which this life has not
 * heard.
 */
export const mayBeTaken = async ({ context }: Life, node: Node, { provider }: Connection): Promise<boolean> => {
  const waits = goodRecord(node)?.id !== undefined && !tookOver(node)
  return waits && provider.definition.nodeNames === 'cloud' && isTakenOver(context, claimOf(node))
}

/**
 * The token that the handover dropped was that of the attempt it saw. A restore may have taken the claim back to an earlier one since,
 * and its token with it.
 */
const dropForgottenToken = async (life: Life, claim: Node, heir: Node | undefined): Promise<void> => {
  const [record, inherited] = [goodRecord(claim), heir && goodRecord(heir)]
  if (record?.attempt !== inherited?.attempt) await dropDocument(life, claim, record)
}

const markPatch = (to: string): NodePatch => ({ metadata: { annotations: { [annotations.handedOver]: to } } })

/**
 * What makes it the claim: all that stands on the claim goes over, but for what belongs to its wait. Pods may run on the Node already,
 * so no `not-up`; nor startup taints, which nobody may be left to take off: a kubelet that makes its Node registers with them itself.
 */
export const handoverPatch = (
  claim: Node,
  to: Node,
  {
    record,
    machine,
    startupTaints,
    cloudControllerManager,
  }: {
    readonly record: MachineRecord
    readonly machine: Machine
    readonly startupTaints: readonly Taint[]
    readonly cloudControllerManager: boolean
  },
): NodePatch => {
  const { metadata = {}, spec = {} } = claim
  const { labels: place, providerID, taint } = introduce(to, machine, cloudControllerManager)
  const present = to.metadata ?? {}
  return {
    metadata: {
      labels: {
        ...carried(metadata.labels, present.labels, waitLabels),
        ...place,
        [labels.claim]: metadata.uid ?? '',
      },
      annotations: {
        ...carried(metadata.annotations, present.annotations, waitAnnotations),
        [annotations.claimedAs]: nameOf(claim),
        [annotations.machine]: formatRecord(withoutToken(record)),
        [annotations.phase]: 'Booting',
      },
      finalizers: withFinalizer(to),
      ownerReferences: [
        ...(present.ownerReferences ?? []),
        ...(metadata.ownerReferences ?? []).filter(({ uid }) => !present.ownerReferences?.some(other => other.uid === uid)),
      ].map(owner => ({ ...owner })),
    },
    spec: {
      ...(providerID !== undefined && { providerID }),
      taints: asJson([
        ...addTaints(to.spec?.taints, taint ? [taint] : []),
        ...(spec.taints ?? []).filter(each => isLasting(each) && !hasTaint(startupTaints, each) && !hasTaint(to.spec?.taints, each)),
      ]),
      ...(spec.unschedulable === true && { unschedulable: true }),
    },
  }
}

const waitLabels: ReadonlySet<string> = new Set([labels.excludeDisruption, labels.excludeLoadBalancers])
const waitAnnotations: ReadonlySet<string> = new Set([
  annotations.adopt,
  annotations.handedOver,
  // kubectl's memory of the file that the claim was made from: it has another name in it.
  'kubectl.kubernetes.io/last-applied-configuration',
])
const waitTaints: ReadonlySet<string> = new Set([taints.notUp, taints.deleting])

/** What a kubelet or a person has put on the Node stays; what class and set want there is put on afterwards, as on any node. */
const carried = (
  ofClaim: Readonly<Record<string, string>> = {},
  present: Readonly<Record<string, string>> = {},
  left: ReadonlySet<string>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(ofClaim).filter(([key]) => !left.has(key) && (key.startsWith(`${group}/`) || !(key in present))))

/** Some taints tell how a Node is, and not what somebody wants on it. */
const isLasting = ({ key }: Taint): boolean => !waitTaints.has(key) && !/^node\.(cloudprovider\.)?kubernetes\.io\//.test(key)
