import {
  type Node,
  type NodeClass,
  type NodeSet,
  NodeClasses,
  Nodes,
  Pods,
  classNamesOfSet,
  findCondition,
  nameOf,
  reasons,
} from '../api/index.ts'
import { claimOf, classNameOf, isProtected, isTurnedAway, mustGo, onePerClaim, passedOn, podName, tookOver } from '../claim/index.ts'
import type { Reconcile } from '../engine/index.ts'
import {
  type NoOffer,
  type Offer,
  type OfferTemplate,
  type Providers,
  controllerOf,
  keptOfferOf,
  offerOf,
  revisionOfOffer,
} from '../inventory/index.ts'
import { byClaimClass, byOwner, byPodNode, leftBySet } from './indexes.ts'
import { type Choice, type Earlier, type Member, type NodeSetFacts, type PodsOn } from './plan/index.ts'
import type { KeptRevision } from './revisions/index.ts'
import type { Stock } from './stock.ts'

/** What had to be asked for. */
export interface Asked {
  /** Creates of the set that had no answer. */
  readonly unknown: number
  /** The oldest first; nothing while nobody looks at it. */
  readonly history: readonly KeptRevision[]
}

export interface Sources {
  readonly providers: Providers
  /** The `spec.controller` of the classes that this manager serves. */
  readonly controller: string
  readonly stock: Stock
  readonly memberOf: (node: Node) => Member
  /** Nodes of a class that sets are making and that are not in the store. */
  readonly underWay: (className: string) => number
}

/** All at one moment: what has to be asked for comes first. */
export const gather = (r: Reconcile<NodeSet>, set: NodeSet, { unknown, history }: Asked, sources: Sources): NodeSetFacts => {
  const { stock, memberOf } = sources
  const members = membersIn(r.store(Nodes).by(byOwner, set.metadata?.uid ?? ''), memberOf)
  stock.learn(members)
  return {
    set,
    members,
    orphans: orphansOf(r, set),
    choices: classNamesOfSet(set).map(className => choiceOf(r, set, className, sources)),
    earlier: earlierOf(r, set, members, { ...sources, history }),
    unknown,
    podsOn: name => podsOn(r, name),
    now: r.runtime.clock.now(),
  }
}

/** Each claim once; one whose deletion is about to reach the Node that took it over goes already. */
const membersIn = (nodes: readonly Node[], memberOf: Sources['memberOf']): readonly Member[] => {
  if (!nodes.some(tookOver)) return nodes.map(memberOf)
  const leaving = passedOn(nodes)
  return onePerClaim(nodes)
    .map(memberOf)
    .map(member => (leaving.has(claimOf(member.node)) ? { ...member, deleting: true } : member))
}

/** Nodes of a set of this name that was deleted and left them. */
const orphansOf = (r: Reconcile<NodeSet>, set: NodeSet): readonly Node[] =>
  r
    .store(Nodes)
    .by(leftBySet, nameOf(set))
    .filter(node => classNamesOfSet(set).includes(classNameOf(node) ?? ''))

const choiceOf = (r: Reconcile<NodeSet>, set: NodeSet, className: string, sources: Sources): Choice => {
  const offer = usableOffer(r, className, nodeClass => offerOf(className, nodeClass, sources.providers, templateOf(set)))
  return { className, offer, revision: offer.problem ? undefined : revisionOfOffer(offer), ...roomFor(r, set, className, sources) }
}

const roomFor = (
  r: Reconcile<NodeSet>,
  { spec }: NodeSet,
  className: string,
  { stock, underWay }: Sources,
): Pick<Choice, 'room' | 'zones'> => {
  const zones: readonly (string | undefined)[] = spec.zones ?? [undefined]
  return { room: roomOf(r, className, underWay), zones: zones.map(name => ({ name, closedMs: stock.closedMs(className, name) })) }
}

/** Only those that live nodes are of, and that can be made exactly as they were. */
const earlierOf = (
  r: Reconcile<NodeSet>,
  set: NodeSet,
  members: readonly Member[],
  { history, ...sources }: Sources & Pick<Asked, 'history'>,
): readonly Earlier[] => {
  if (history.length === 0) return []
  const present = new Set(members.filter(({ deleting }) => !deleting).map(({ revision }) => revision))
  return history.toReversed().flatMap(({ name, object, content }): readonly Earlier[] => {
    if (!content.classes.some(({ revision }) => present.has(revision))) return []
    const choices = content.classes.flatMap(({ name: className, revision }): readonly Choice[] => {
      const offer = usableOffer(r, className, nodeClass => {
        if (nodeClass && controllerOf(nodeClass) !== sources.controller) return undefined
        return keptOfferOf({ name: nameOf(object), content }, nodeClass, sources.providers, templateOf(set))
      })
      return offer && !offer.problem ? [{ className, offer, revision, ...roomFor(r, set, className, sources) }] : []
    })
    return choices.length === 0 ? [] : [{ name, choices }]
  })
}

/** In the first of its zones; a node is placed when it is made. */
const templateOf = ({ spec }: NodeSet): OfferTemplate => {
  const zone = spec.zones?.[0]
  return { ...spec.template, ...(zone === undefined ? {} : { zone }) }
}

const usableOffer = <O extends Offer | undefined>(
  r: Reconcile<NodeSet>,
  className: string,
  offerOfClass: (nodeClass: NodeClass | undefined) => O,
): O | NoOffer => {
  const nodeClass = r.store(NodeClasses).get({ name: className })
  const offer = offerOfClass(nodeClass)
  // What the class is known to lack (a Secret, say) would bind new nodes to an account that nobody can reach. What a config means is asked
  // for again for each node: with what the set lays over it, it may mean something.
  const ready = findCondition(nodeClass?.status?.conditions, 'Ready')
  const lacks = ready?.status === 'False' && ready.reason !== reasons.unresolved
  const judged = lacks && ready.observedGeneration === nodeClass?.metadata?.generation
  return judged && offer && !offer.problem ? { problem: { reason: ready.reason ?? '', message: ready.message ?? '' } } : offer
}

/** Claims of the class that may still be made under its limit. Who was turned away takes no place. */
export const roomOf = (r: Reconcile<NodeSet>, className: string, underWay: Sources['underWay']): number => {
  const limit = r.store(NodeClasses).get({ name: className })?.spec.limits?.nodes
  if (limit === undefined) return Infinity
  const claims = onePerClaim(r.store(Nodes).by(byClaimClass, className)).filter(node => !isTurnedAway(node))
  return Math.max(0, limit - claims.length - underWay(className))
}

export const podsOn = (r: Reconcile<NodeSet>, name: string): PodsOn => {
  const pods = r.store(Pods).by(byPodNode, name).filter(mustGo)
  const kept = pods.filter(isProtected).map(podName).toSorted()
  return { count: pods.length, kept: kept[0] }
}
