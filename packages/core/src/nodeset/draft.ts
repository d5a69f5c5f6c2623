import {
  type Node,
  type NodeSet,
  NodeSets,
  type OwnerReference,
  type Taint,
  addTaints,
  apiVersionOf,
  conditionTime,
  labels,
  nameOf,
  taints,
} from '../api/index.ts'
import { asDeclared, birthOf } from '../claim/index.ts'
import { recordOfAttempt } from '../identity/index.ts'
import { type GoodOffer, controllerOf } from '../inventory/index.ts'
import type { Runtime } from '../runtime/index.ts'

/** Keeps ordinary pods off a node that waits for more replicas. */
export const headroomTaint: Taint = { key: taints.headroom, effect: 'NoSchedule' }

export interface Draft {
  /** Made with the zone in which the machine shall be. */
  readonly offer: GoodOffer
  readonly name: string
  readonly zone: string | undefined
  readonly warm: boolean
}

/** What makes a Node the set's. */
export const ownerOf = (set: NodeSet): OwnerReference => ({
  apiVersion: apiVersionOf(NodeSets),
  kind: NodeSets.kind,
  name: nameOf(set),
  uid: set.metadata?.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})

/** A new member of the set: born with all that NodeController would otherwise have to write first. */
export const draftNode = (set: NodeSet, { offer, name, zone, warm }: Draft, runtime: Pick<Runtime, 'clock' | 'uuid'>): Node => {
  const overlay = offer.template.config
  const now = conditionTime(runtime.clock.now())
  // Who goes on under a limit is decided in one place, for sets and people alike: by NodeController.
  const waits = offer.nodeClass.spec.limits?.nodes !== undefined
  const record = recordOfAttempt(offer, { attempt: 1, controller: controllerOf(offer.nodeClass), overlay, zone, waits }, runtime)
  const birth = birthOf(offer.nodeClass, record, offer.written, offer.template)
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { ...birth.labels, [labels.nodeset]: nameOf(set) },
      annotations: birth.annotations,
      finalizers: birth.finalizers,
      ownerReferences: [ownerOf(set)],
    },
    spec: { taints: warm ? addTaints(birth.taints, [headroomTaint]) : birth.taints },
    // Also a list that is there: other conditions are appended to it, whatever its kubelet does in the same moment.
    status: { conditions: [{ ...asDeclared, lastHeartbeatTime: now, lastTransitionTime: now }] },
  }
}

/** No vowels and nothing that looks like something else: as Kubernetes makes its own suffixes. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
const suffixLength = 6

/** `workers-x7k2pq`: chosen before the call, so that a create without an answer can be looked up. */
export const memberName = (set: NodeSet, random: () => number): string => {
  const suffix = Array.from({ length: suffixLength }, () => alphabet[Math.floor(random() * alphabet.length)] ?? 'b').join('')
  return `${nameOf(set).slice(0, 63 - suffixLength - 1)}-${suffix}`
}
