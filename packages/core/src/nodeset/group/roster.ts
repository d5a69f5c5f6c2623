import { type Node, annotations, labels, nameOf, taints } from '../../api/index.ts'
import { classNameOf, goodRecord, hasJoined, isClaim, isDeleting } from '../../claim/index.ts'
import type { GroupMember } from '../../provider/index.ts'
import { type Member, memberOf } from '../plan/index.ts'
import type { GroupFacts } from './facts.ts'
import { isKept } from './policy.ts'

/** A machine of the group, with its Node where it has one, as the set's plan sees it. */
export interface Listed {
  readonly machine: GroupMember
  readonly member: Member
  /** Undefined while no Node of it is known. */
  readonly node: Node | undefined
}

/** The group's machines and the Nodes that they registered as, told apart. */
export interface Roster {
  readonly listed: readonly Listed[]
  /** Nodes that are to be labelled, and the machines that they are. */
  readonly claims: readonly { readonly node: Node; readonly machine: GroupMember }[]
  /** Machines that are there and that nobody may choose for anything. */
  readonly unplannable: number
  /** Machines that are not on their way out. */
  readonly live: number
  /** Drained, by whoever deleted its Node: to be removed. */
  readonly condemned: readonly Listed[]
  /** In words, Nodes of members that are somebody else's. */
  readonly strangers: readonly string[]
  /** Nodes of ours, whether or not their machines are listed. */
  readonly ours: readonly Node[]
  /** Of ours, those whose machine is not listed though their kubelet says that it is ready. */
  readonly contradicting: number
}

export const rosterOf = (facts: GroupFacts, members: readonly GroupMember[]): Roster => {
  const uid = facts.set.metadata?.uid ?? ''
  const ours = new Map<string, Node>()
  const byProviderID = new Map<string, Node[]>()
  for (const node of facts.nodes) {
    const record = goodRecord(node)
    if (record?.group?.set === uid && record.id !== undefined) ours.set(record.id, node)
    const { providerID = '' } = node.spec ?? {}
    byProviderID.set(providerID, [...(byProviderID.get(providerID) ?? []), node])
  }
  const ids = new Set(members.flatMap(({ id, state }) => (state === 'gone' ? [] : [id])))
  const listed: Listed[] = []
  const claims: { readonly node: Node; readonly machine: GroupMember }[] = []
  const strangers: string[] = []
  let [unplannable, live] = [0, 0]
  for (const machine of members) {
    if (machine.state === 'gone') continue
    const leaves = machine.state === 'stopping'
    if (!leaves) live += 1
    const node = ours.get(machine.id)
    const others = (byProviderID.get(machine.providerID) ?? []).filter(other => other !== node)
    const other = others[0]
    if (node) {
      const member = inZone(memberOf(node), machine)
      listed.push({ machine, node, member: leaves ? { ...member, deleting: true } : member })
      strangers.push(...others.map(one => `Node ${nameOf(one)} says that it is ${machine.providerID}, which is ${nameOf(node)}`))
      if (!member.deleting && !leaves && !isMarked(node, facts)) claims.push({ node, machine })
    } else if (!other) {
      listed.push({ machine, node, member: memberOf(bareNode(facts, machine)) })
    } else {
      unplannable += 1
      const isNext = !leaves && others.length === 1 && isSuccessor(machine, other, uid, ids)
      const why = leaves || isNext ? undefined : whyNot(facts, machine, others)
      if (why !== undefined) strangers.push(why)
      else if (!leaves && hasJoined(other) && !isDeleting(other)) claims.push({ node: other, machine })
    }
  }
  const explained = new Set(claims.map(({ node }) => node))
  return {
    listed,
    claims,
    strangers,
    unplannable,
    live,
    condemned: listed.filter(({ node, machine }) => node !== undefined && machine.state !== 'stopping' && isCondemned(node)),
    ours: [...ours.values()],
    contradicting: [...ours].filter(([id, node]) => !ids.has(id) && !explained.has(node) && !isCondemned(node) && memberOf(node).ready)
      .length,
  }
}

/** Its Node's label comes with its kubelet, or with our join: until then the cloud knows where it is. */
const inZone = (member: Member, { zone }: GroupMember): Member =>
  member.zone === undefined && zone !== undefined ? { ...member, zone } : member

/** Its drain is over. */
export const isCondemned = (node: Node): boolean => isDeleting(node) && goodRecord(node)?.deletedAt !== undefined

/**
 * The cloud has made another machine in the place of the one that this Node of ours had, under its name and providerID (GKE recreates
 * them so): the kubelet that is ready is the new one's.
 */
const isSuccessor = ({ nodeName, providerID }: GroupMember, node: Node, uid: string, ids: ReadonlySet<string>): boolean => {
  const record = goodRecord(node)
  const isGone = record?.id !== undefined && !ids.has(record.id)
  return isGone && record.group?.set === uid && record.providerID === providerID && nodeName === nameOf(node)
}

/** In words, why the Node that says to be this machine is not labelled as it. */
const whyNot = ({ sets }: GroupFacts, { providerID, nodeName }: GroupMember, nodes: readonly Node[]): string | undefined => {
  const [node] = nodes
  if (!node) return undefined
  const names = nodes.map(nameOf).toSorted()
  if (names.length > 1) return `Nodes ${names.join(', ')} all say that they are ${providerID}: delete those that are not`
  if (nodeName !== undefined && nodeName !== names[0]) {
    return `Node ${names[0] ?? ''} says that it is ${providerID}, whose Node is called ${nodeName}`
  }
  const record = goodRecord(node)
  // The set that it was a member of is gone, and this one has the group now.
  if (record?.group !== undefined && !sets.has(record.group.set)) return undefined
  if (isClaim(node) || node.metadata?.annotations?.[annotations.machine] !== undefined) {
    return `Node ${names[0] ?? ''} is ${providerID}, and is claimed by class ${classNameOf(node) ?? '(none)'}: it is left alone`
  }
  return undefined
}

/** Whether it carries all by which it is known to be this set's. */
const isMarked = (node: Node, { set, className }: GroupFacts): boolean => {
  const { labels: own = {}, ownerReferences = [] } = node.metadata ?? {}
  const owned = ownerReferences.some(({ uid, controller }) => controller === true && uid === set.metadata?.uid)
  return own[labels.nodeset] === nameOf(set) && own[labels.class] === className && owned === !isKept(set)
}

/** A machine whose kubelet has not registered, as the plan knows one: a claim that has not joined. */
const bareNode = ({ set, className }: GroupFacts, { id, createdAt, zone, revision, state }: GroupMember): Node => ({
  metadata: {
    name: id,
    uid: id,
    creationTimestamp: createdAt,
    labels: {
      [labels.class]: className,
      [labels.revision]: revision ?? set.status?.group?.revision ?? '',
      ...(zone === undefined ? {} : { [labels.zone]: zone }),
    },
    ...(state === 'stopping' ? { deletionTimestamp: createdAt } : {}),
  },
  spec: { taints: [{ key: taints.notUp, effect: 'NoExecute' }] },
})
