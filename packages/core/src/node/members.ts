import { type Node, NodeSets, Nodes, labels } from '../api/index.ts'
import { type GroupMembership, type MachineRecord, claimOf, goodRecord, hasJoined, isDeleting, readyStatus } from '../claim/index.ts'
import type { GroupsConnection } from '../inventory/index.ts'
import type { Mirror } from './facts.ts'
import { byGroup } from './indexes.ts'
import type { Life } from './life.ts'
import { blindness, contradiction, disbelief, partialList } from './loss.ts'

/** What its group's list says of a member: as for a claim of its own, whose one machine is the recorded one. */
export const memberMirror = (life: Life, node: Node, record: MachineRecord, connection: GroupsConnection): Mirror => {
  const { inventory } = connection
  const machine = inventory.get(record.id ?? '')
  const listed = inventory.listedAt > -Infinity
  if (listed) life.flights.looked(claimOf(node), machine !== undefined, inventory.listedAt)
  return {
    // No create is ever sent for it: nothing can turn up that was asked for.
    idempotency: 'token',
    bootstrap: 'none',
    nodeNames: 'claim',
    twins: 0,
    machines: machine ? [machine] : [],
    ended: inventory.isGone(record.id ?? ''),
    listedAt: inventory.listedAt,
    listProblem: inventory.problem?.message ?? partialList(inventory.unasked),
    credentials: connection.credentialsVersion,
    consistencyWindowMs: connection.consistencyWindowMs,
    createTimeoutMs: 0,
    distrusted: life.freeze.why,
    frozen: listed && !machine ? whyFrozen(life, node, record, connection) : undefined,
  }
}

const whyFrozen = (life: Life, node: Node, record: MachineRecord, { inventory, groups }: GroupsConnection): string | undefined => {
  const { group, id = '' } = record
  if (group === undefined || inventory.isGone(id)) return life.freeze.why
  if (hasJoined(node) && readyStatus(node) === 'True') return contradiction
  const found = groups.get(group.id)
  // Whoever resized the group took its machines: it says itself how many it has, all of them are listed, and the kubelet is silent.
  const isWhole = found !== undefined && found.size === found.members.filter(({ state }) => state !== 'stopping').length
  // With a group that is gone all its machines are missing at once. Somebody has deleted this Node, and no kubelet objects.
  const isGone = found === undefined && groups.isSettled(group.id) && isDeleting(node) && isSilent(life, group)
  return life.freeze.why ?? blindness(inventory.unasked) ?? (isWhole || isGone ? undefined : disbelief(lossOf(life, group, inventory)))
}

const membersOf = (life: Life, group: GroupMembership): readonly { readonly node: Node; readonly record: MachineRecord }[] =>
  life.context
    .store(Nodes)
    .by(byGroup, group.id)
    .flatMap(node => {
      const record = goodRecord(node)
      return record?.group?.set === group.set ? [{ node, record }] : []
    })

/** No kubelet of the group says that it is ready. */
const isSilent = (life: Life, group: GroupMembership): boolean => membersOf(life, group).every(({ node }) => readyStatus(node) !== 'True')

/** Of one group alone: all members of a small one are few among those of the account. */
const lossOf = (life: Life, group: GroupMembership, inventory: GroupsConnection['inventory']): { recorded: number; missing: number } => {
  const recorded = membersOf(life, group).flatMap(({ record: { id, deletedAt } }) =>
    id !== undefined && deletedAt === undefined && !inventory.isGone(id) ? [id] : [],
  )
  return { recorded: recorded.length, missing: recorded.filter(id => !inventory.get(id)).length }
}

/** In words, that nobody is there to remove the machine from its group. */
export const whyUnkept = ({ context }: Life, node: Node, { group }: MachineRecord): string | undefined => {
  if (group === undefined) return undefined
  const name = node.metadata?.labels?.[labels.nodeset]
  const set = name === undefined ? undefined : context.store(NodeSets).get({ name })
  if (set?.metadata?.uid === group.set) return undefined
  return (
    `its machine belongs to group ${group.id}, and the NodeSet that drives it is gone: create a NodeSet with spec.group.id ` +
    `${group.id}, or remove the machine from the group by hand`
  )
}
