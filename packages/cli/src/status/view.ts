import { classNameOf, hasJoined, isClaim, onePerClaim, readyStatus } from '@kube-node/core'
import {
  annotations,
  type Event,
  type Lease,
  type Node,
  type NodeClass,
  type NodeSet,
  classNamesOfSet,
  defaultController,
  labels,
  nameOf,
} from '@kube-node/core/api'
import {
  type ClaimDescription,
  type ClaimFacts,
  type ClassDescription,
  type ControllerDescription,
  type SetDescription,
  describeClaim,
  describeClass,
  describeController,
  describeSet,
  goodRecordOf,
  responsibleFor,
} from '../describe/index.ts'

/** The cluster at one moment. What may not be read is undefined. */
export interface Snapshot {
  readonly nodes: readonly Node[]
  readonly classes: readonly NodeClass[] | undefined
  readonly sets: readonly NodeSet[] | undefined
  /** Of `namespace`. */
  readonly leases: readonly Lease[] | undefined
  readonly namespace: string
  /** On the nodes that are looked at closely. */
  readonly events?: readonly Event[]
}

/** Names and meanings of these fields are what `-o json` shows. */
export interface StatusView {
  readonly controllers: readonly ControllerDescription[]
  readonly classes: readonly ClassRow[]
  readonly nodeSets: readonly SetRow[]
  readonly nodes: readonly NodeRow[]
}

export interface NodeRow extends ClaimDescription {
  readonly name: string
  readonly uid: string
  /** What the claim was called that this Node took over, because the cloud dictates its name. */
  readonly claimedAs?: string
  readonly class?: string
  readonly nodeSet?: string
  readonly createdAt?: string
  readonly deletedAt?: string
  /** Of the kubelet; absent before it has joined. */
  readonly ready?: 'True' | 'False' | 'Unknown'
  readonly controller: string
  readonly provider?: string
  readonly attempt?: number
  readonly machine?: string
  readonly providerID?: string
  readonly region?: string
  readonly zone?: string
  readonly instanceType?: string
  readonly revision?: string
}

export interface SetRow extends SetDescription {
  readonly name: string
  readonly class: string
  readonly controller: string
  readonly createdAt?: string
  readonly desired: number
  readonly current: number
  readonly ready: number
  readonly available: number
  readonly updated: number
  readonly revision?: string
}

export interface ClassRow extends ClassDescription {
  readonly name: string
  readonly createdAt?: string
  readonly provider: string
  readonly controller: string
  readonly nodes: number
  readonly limit?: number
}

/** Everything that there is, described. Claims alone, in the order of their sets and then of their creation. */
export const statusOf = (snapshot: Snapshot, now: number): StatusView => {
  const claims = onePerClaim(snapshot.nodes.filter(isClaim))
  const lookUp = lookUpIn(snapshot, now)
  const nodes = claims.map(node => nodeRow(node, snapshot, now)).toSorted(bySetAndAge)
  const classes = inOrder(snapshot.classes ?? []).map(nodeClass => classRow(nodeClass, claims, lookUp))
  const nodeSets = inOrder(snapshot.sets ?? []).map(set => setRow(set, lookUp))
  const names = new Set([...classes, ...nodeSets, ...nodes].map(({ controller }) => controller))
  return {
    controllers: [...(names.size === 0 ? [defaultController] : names)].toSorted().map(lookUp.controller),
    classes,
    nodeSets,
    nodes,
  }
}

interface LookUp {
  readonly nodeClass: (name: string) => ClaimFacts['nodeClass']
  readonly controller: (name: string) => ControllerDescription
}

const lookUpIn = ({ classes, leases, namespace }: Snapshot, now: number): LookUp => {
  const byName = new Map((classes ?? []).map(nodeClass => [nameOf(nodeClass), nodeClass]))
  return {
    nodeClass: name => (classes ? (byName.get(name) ?? 'missing') : 'unreadable'),
    controller: name => describeController(name, leases, namespace, now),
  }
}

/** The facts of one Node of a snapshot. */
export const claimFactsIn = (node: Node, snapshot: Snapshot, now: number): ClaimFacts => {
  const lookUp = lookUpIn(snapshot, now)
  const nodeClass = lookUp.nodeClass(classNameOf(node) ?? '')
  const controller = lookUp.controller(responsibleFor(node, nodeClass))
  return { node, nodeClass, controller, events: snapshot.events ?? [], now }
}

export const nodeRow = (node: Node, snapshot: Snapshot, now: number): NodeRow => {
  const facts = claimFactsIn(node, snapshot, now)
  const { metadata, spec } = node
  const record = goodRecordOf(node)
  const label = (key: string): string | undefined => metadata?.labels?.[key]
  return {
    name: nameOf(node),
    uid: metadata?.uid ?? '',
    ...describeClaim(facts),
    controller: facts.controller.controller,
    ...present({
      claimedAs: metadata?.annotations?.[annotations.claimedAs],
      class: classNameOf(node),
      nodeSet: label(labels.nodeset),
      createdAt: metadata?.creationTimestamp,
      deletedAt: metadata?.deletionTimestamp,
      ready: hasJoined(node) ? readyStatus(node) : undefined,
      provider: record?.provider,
      attempt: record?.attempt,
      machine: record?.id,
      providerID: record?.providerID ?? spec?.providerID,
      region: label(labels.region),
      zone: label(labels.zone),
      instanceType: label(labels.instanceType),
      revision: label(labels.revision),
    }),
  }
}

const setRow = (set: NodeSet, lookUp: LookUp): SetRow => {
  const { spec, status, metadata } = set
  const nodeClass = lookUp.nodeClass(classNamesOfSet(set)[0] ?? '')
  const responsible = typeof nodeClass === 'string' ? defaultController : (nodeClass.spec.controller ?? defaultController)
  return {
    name: nameOf(set),
    class: classNamesOfSet(set).join(', '),
    controller: responsible,
    desired: spec.replicas ?? 1,
    current: status?.replicas ?? 0,
    ready: status?.readyReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
    ...describeSet({ set, nodeClass, controller: lookUp.controller(responsible) }),
    ...present({ createdAt: metadata?.creationTimestamp, revision: status?.updateRevision }),
  }
}

const classRow = (nodeClass: NodeClass, claims: readonly Node[], lookUp: LookUp): ClassRow => {
  const { spec, metadata } = nodeClass
  const controller = spec.controller ?? defaultController
  const nodes = claims.filter(node => classNameOf(node) === nameOf(nodeClass)).length
  return {
    name: nameOf(nodeClass),
    provider: spec.provider,
    controller,
    nodes,
    ...describeClass({ nodeClass, controller: lookUp.controller(controller), nodes }),
    ...present({ createdAt: metadata?.creationTimestamp, limit: spec.limits?.nodes }),
  }
}

/** Without what is undefined: JSON and exact types want it absent. */
export const present = <T extends Readonly<Record<string, unknown>>>(fields: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } =>
  // Border: Object.entries forgets which key has which type.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }

const bySetAndAge = (a: NodeRow, b: NodeRow): number =>
  compare(a.nodeSet ?? '', b.nodeSet ?? '') || compare(a.createdAt ?? '', b.createdAt ?? '') || compare(a.name, b.name)

const inOrder = <T extends NodeClass | NodeSet>(objects: readonly T[]): readonly T[] =>
  objects.toSorted((a, b) => compare(nameOf(a), nameOf(b)))
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
