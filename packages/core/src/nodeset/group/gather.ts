import { type Node, NodeClasses, type NodeSet, NodeSets, Nodes, classNamesOfSet, nameOf } from '../../api/index.ts'
import { type ConnectionReference, canonicalJson } from '../../claim/index.ts'
import type { Reconcile } from '../../engine/index.ts'
import { type GroupsConnection, groupOfferOf, revisionOfOffer } from '../../inventory/index.ts'
import { type Group, ProviderError } from '../../provider/index.ts'
import { podsOn } from '../gather.ts'
import { byGroupSet, byProviderID } from '../indexes.ts'
import type { GroupFacts, View, ViewProblem } from './facts.ts'
import type { GroupLife } from './life.ts'
import { nameForGroup } from './name.ts'

export interface Gathered {
  /** All but what others may take at any moment. */
  readonly facts: Omit<GroupFacts, 'room'>
  readonly connection: GroupsConnection | undefined
}

/** What a decision on this set needs, at one moment: what has to be asked for comes first. */
export const gather = async (life: GroupLife, r: Reconcile<NodeSet>, set: NodeSet): Promise<Gathered> => {
  const className = classNamesOfSet(set)[0] ?? ''
  const offer = groupOfferOf(className, r.store(NodeClasses).get({ name: className }), life.providers, set.spec.template ?? {})
  const record = set.status?.group
  const where = record ?? (offer.problem ? undefined : { provider: offer.provider.name, connection: offer.connection })
  const reached = where && (await reach(life, where.provider, where.connection))
  const connection = reached && !('problem' in reached) ? reached : undefined
  const view = connection ? viewOf(life, r, set, connection) : reached && 'problem' in reached ? reached : undefined
  const group = view && !view.problem ? view.group : undefined
  return {
    connection,
    facts: {
      set,
      cluster: life.cluster,
      controller: life.controller,
      garbage: life.garbage,
      className,
      offer,
      revision: offer.problem ? undefined : revisionOfOffer(offer),
      view,
      nodes: nodesOf(r, set, group),
      sets: new Set(
        r
          .store(NodeSets)
          .list()
          .map(({ metadata }) => metadata?.uid ?? ''),
      ),
      taken: connection && takenBy(life, r, set, connection, group),
      failure: life.memory.failureOf(set),
      podsOn: name => podsOn(r, name),
      now: r.runtime.clock.now(),
    },
  }
}

const reach = async ({ session }: GroupLife, provider: string, reference: ConnectionReference): Promise<GroupsConnection | ViewProblem> => {
  try {
    return await session.connectGroups(provider, reference)
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    return { problem: { reason: error.code, message: error.message } }
  }
}

const viewOf = (
  life: GroupLife,
  { runtime: { clock } }: Reconcile<NodeSet>,
  set: NodeSet,
  connection: GroupsConnection,
): View | ViewProblem => {
  const { inventory, groups, account } = connection
  const record = set.status?.group
  if (record?.account !== undefined && account !== undefined && record.account !== account) {
    const message =
      `the credentials open account ${account}, and the group is in account ${record.account}: nothing is decided until the credentials ` +
      'of that account are back'
    return { problem: { reason: 'AccountChanged', message } }
  }
  if (inventory.problem)
    return { problem: { reason: inventory.problem.code, message: `groups can't be listed: ${inventory.problem.message}` } }
  const group = groupOf(life, set, connection)
  const id = group?.id ?? keyOf(life, set, connection)
  const listed = inventory.listedAt > -Infinity
  return {
    group,
    settled: listed && inventory.unasked.length === 0 && groups.isSettled(id),
    absentForMs: life.memory.absentForMs(set, listed && !group ? inventory.listedAt : undefined),
    consistencyWindowMs: connection.consistencyWindowMs,
    landingMs: Math.max(connection.createTimeoutMs, connection.resizeTimeoutMs),
    listedAt: clock.now() - (clock.monotonic() - inventory.listedAt),
    account,
    can: connection.can,
  }
}

const keyOf = ({ cluster }: GroupLife, set: NodeSet, { provider }: GroupsConnection): string =>
  set.status?.group?.id ?? set.spec.group?.id ?? nameForGroup(set, cluster, provider)

/** One that we created is known by its tags, whatever was written down of it. */
const groupOf = (life: GroupLife, set: NodeSet, { groups }: GroupsConnection): Group | undefined => {
  const id = set.status?.group?.id ?? set.spec.group?.id
  const uid = set.metadata?.uid ?? ''
  if (id !== undefined) return groups.get(id)
  return groups.list().find(({ owner }) => owner?.set === uid && owner.cluster === life.cluster)
}

const takenBy = (
  life: GroupLife,
  r: Reconcile<NodeSet>,
  set: NodeSet,
  { provider, reference }: GroupsConnection,
  group: Group | undefined,
): string | undefined => {
  if (!group) return undefined
  const { owner } = group
  const uid = set.metadata?.uid ?? ''
  const others = r
    .store(NodeSets)
    .list()
    .filter(({ metadata }) => metadata?.uid !== uid)
  const foreign = owner && (owner.cluster !== life.cluster || owner.controller !== life.controller)
  if (foreign) return `group ${group.id} belongs to NodeSet ${owner.setName} of cluster ${owner.cluster} (${owner.controller})`
  if (owner && owner.set !== uid && others.some(other => other.metadata?.uid === owner.set)) {
    return `group ${group.id} belongs to NodeSet ${owner.setName}`
  }
  const scope = canonicalJson([provider.name, reference])
  const first = others.find(other => {
    const { group: theirs } = other.status ?? {}
    return theirs?.id === group.id && canonicalJson([theirs.provider, theirs.connection]) === scope && !isBefore(set, other)
  })
  return first && `group ${group.id} is driven by NodeSet ${nameOf(first)} already`
}

/** Who has written the group down has it; of two who did, the older one. */
const isBefore = (a: NodeSet, b: NodeSet): boolean => {
  if (!a.status?.group) return false
  const [atA, atB] = [a.metadata?.creationTimestamp ?? '', b.metadata?.creationTimestamp ?? '']
  return atA === atB ? (a.metadata?.uid ?? '') < (b.metadata?.uid ?? '') : atA < atB
}

const nodesOf = (r: Reconcile<NodeSet>, set: NodeSet, group: Group | undefined): readonly Node[] => {
  const nodes = r.store(Nodes)
  const ours = nodes.by(byGroupSet, set.metadata?.uid ?? '')
  const others = (group?.members ?? []).flatMap(({ providerID }) => nodes.by(byProviderID, providerID))
  return [...new Set([...ours, ...others])]
}
