import { type NodeSetGroupStatus, finalizers, labels, nameOf } from '../../api/index.ts'
import { isDeleting } from '../../claim/index.ts'
import type { Group } from '../../provider/index.ts'
import { type Bounds, boundsOf } from './bounds.ts'
import { planEnd } from './end.ts'
import type { GroupFacts, GroupOrder, GroupPlan, GroupStep, Said, View } from './facts.ts'
import { type Forecast, forecast } from './forecast.ts'
import { onRecord } from './ordered.ts'
import { growthOf, removalOf } from './orders.ts'
import { type Roster, rosterOf } from './roster.ts'
import { doubts, told, unfit } from './words.ts'

/**
 * What a set that drives a group does next. Pure: the same facts give the same plan, so every crash recovers by being asked again.
 * What of the set's machines is to go, and when, is planNodeSet's to say, under the same budget as for single machines; here it becomes
 * orders to the group. For the machines that the facts show, it holds:
 * - the group is told to grow to replicas + surge at the most, and never to shrink but by the names of those that go;
 * - a machine with a Node is removed only when that Node was deleted and is drained;
 * - the group grows only to what has been written down before.
 */
export const planGroup = (facts: GroupFacts): GroupPlan => onRecord(facts, decide(facts))

const decide = (facts: GroupFacts): GroupPlan => {
  const { set, view } = facts
  const ending = isDeleting(set)
  const held = set.metadata?.finalizers?.includes(finalizers.group) ?? false
  if (!held)
    return ending
      ? nothing
      : (unfitPlan(facts) ?? { ...nothing, steps: [{ do: 'hold' }], said: told('Unknown', 'Starting', 'the set begins') })
  if (ending) return planEnd(facts)
  const misfit = unfitPlan(facts)
  if (misfit) return misfit
  if (!view) return waiting(facts.offer.problem?.reason ?? 'ClassNotFound', facts.offer.problem?.message ?? 'the class offers nothing')
  if (view.problem) return waiting(view.problem.reason, view.problem.message)
  if (facts.taken !== undefined) return waiting('GroupTaken', facts.taken)
  const record = set.status?.group
  if (!record) return planRecord(facts, view)
  return view.group ? planPresent(facts, record, view.group, view.settled, view.can) : planAbsent(facts, record, view)
}

const nothing: GroupPlan = {
  steps: [],
  order: undefined,
  said: told('Unknown', 'Ending', ''),
  standing: undefined,
  watch: false,
  afterMs: undefined,
}

/** Nothing can be done, and why. */
export const waiting = (reason: string, message: string): GroupPlan => ({
  ...nothing,
  said: told('False', reason, message),
  afterMs: 30_000,
})

const unfitPlan = (facts: GroupFacts): GroupPlan | undefined => {
  const message = unfit(facts.set)
  return message === undefined ? undefined : { ...waiting('InvalidSpec', message), afterMs: undefined }
}

/** Which group it is comes first: what is done afterwards is found by it, whatever becomes of the class. */
const planRecord = ({ set, offer, revision }: GroupFacts, { account }: View): GroupPlan => {
  if (offer.problem) return waiting(offer.problem.reason, offer.problem.message)
  const id = set.spec.group?.id
  const record: NodeSetGroupStatus = {
    provider: offer.provider.name,
    connection: offer.connection,
    ...(account !== undefined && { account }),
    ...(id !== undefined && { id, imported: true }),
    ...(revision !== undefined && { revision }),
  }
  return { ...nothing, steps: [{ do: 'record', record }], said: told('Unknown', 'Starting', 'the set begins') }
}

const planAbsent = (facts: GroupFacts, record: NodeSetGroupStatus, view: View): GroupPlan => {
  if (!view.settled) return { ...waiting('NotListed', 'the groups of this account have not been listed since the last order'), watch: true }
  const { offer, failure } = facts
  if (record.imported === true) {
    if (facts.set.metadata?.labels?.[labels.importedBy] !== undefined) return planRetirement(facts, record, view)
    const message =
      `there is no group ${record.id ?? ''} at ${record.provider}: create it, or delete this set and name another one in spec.group.id. ` +
      'Nothing is done to its Nodes'
    return waiting('GroupNotFound', message)
  }
  if (rosterOf(facts, []).contradicting > 0) {
    return waiting('ListContradicted', "the provider's list lacks the group, and kubelets of its machines still say that they are ready")
  }
  if (!view.can.create) {
    const message = `provider ${record.provider} creates no groups: create one, and name it in spec.group.id of a new set`
    return waiting('CannotCreate', message)
  }
  if (offer.problem) return waiting(offer.problem.reason, offer.problem.message)
  if (failure && failure.retryInMs > 0) return { ...waiting(failure.reason, failure.message), afterMs: failure.retryInMs }
  const size = facts.set.spec.replicas ?? 1
  return { ...waiting('Creating', 'the group is being created'), watch: true, order: { do: 'create', size: Math.min(size, facts.room) } }
}

/** Nobody asked for this set but its group, and with it goes the set: if lists lack it for long enough, and no kubelet objects. */
const planRetirement = (facts: GroupFacts, { id = '' }: NodeSetGroupStatus, view: View): GroupPlan => {
  const left = view.consistencyWindowMs - view.absentForMs
  const gone = waiting('GroupNotFound', `no list shows group ${id} any more: if that lasts, this set, which was made for it, is deleted`)
  if (left >= 0) return { ...gone, watch: true, afterMs: Math.max(500, left) }
  if (rosterOf(facts, []).contradicting > 0)
    return waiting('ListContradicted', `no list shows group ${id} any more, and kubelets of its machines still say that they are ready`)
  if (facts.garbage === 'delete') return { ...gone, steps: [{ do: 'retire' }] }
  return waiting('GroupNotFound', `no list shows group ${id} any more: reported only, this set, which was made for it, is kept`)
}

const planPresent = (facts: GroupFacts, record: NodeSetGroupStatus, group: Group, settled: boolean, can: View['can']): GroupPlan => {
  const roster = rosterOf(facts, group.members)
  const bounds = boundsOf(facts.set, group)
  const seen = forecast(facts, group, roster, bounds)
  const standing = { facts: seen.facts, plan: seen.plan, size: group.size }
  const doubt = doubts(facts, group, roster, settled)
  if (doubt?.stop === true) return { ...waiting(doubt.reason, doubt.message), standing }
  const steps = identify(facts, record, group, roster)
  const isNew = steps.some(step => step.do === 'record' || step.do === 'follow')
  if (doubt || isNew) {
    const said = doubt ? told('Unknown', doubt.reason, doubt.message) : told('Unknown', 'TakingOver', 'the group is being taken over')
    return { ...nothing, steps, said, standing, watch: true, afterMs: 30_000 }
  }
  const order = orderOf(facts, group, { roster, bounds, seen }, can)
  const { failure } = facts
  const barred = failure !== undefined && failure.retryInMs > 0
  const moving = isMoving(group, roster, bounds)
  return {
    // A Node that is deleted is an order begun, and what a busy group has too many it may take away itself: GKE's surge while it upgrades.
    steps: group.busy === undefined ? [...steps, ...deletions(roster, seen)] : steps,
    order: group.busy === undefined && !barred ? order : undefined,
    said: sayOf(facts, group, { roster, bounds, seen }, can),
    standing,
    watch: moving || order !== undefined,
    afterMs: Math.min(barred ? failure.retryInMs : Infinity, seen.plan.afterMs ?? Infinity, moving || order ? 30_000 : Infinity),
  }
}

interface Seen {
  readonly roster: Roster
  readonly bounds: Bounds
  readonly seen: Forecast
}

/** What belongs to what: before anything is decided about it. */
const identify = ({ set }: GroupFacts, record: NodeSetGroupStatus, group: Group, roster: Roster): readonly GroupStep[] => {
  const steps: GroupStep[] = []
  if (record.id === undefined) steps.push({ do: 'record', record: { ...record, id: group.id } })
  // While the group is busy its size is whatever its work needs.
  const isSteady = group.busy === undefined
  const takesOver = isSteady && record.imported === true && record.takenOver !== true
  const sized = takesOver || (isSteady && set.spec.group?.sizeAuthority === 'group')
  if (sized && (set.spec.replicas ?? 1) !== group.size) steps.push({ do: 'follow', replicas: group.size })
  if (takesOver) steps.push({ do: 'record', record: { ...record, takenOver: true } })
  for (const { node, machine } of roster.claims) {
    steps.push({ do: 'claim', node, member: machine, revision: machine.revision ?? record.revision })
  }
  return steps
}

const orderOf = (facts: GroupFacts, group: Group, { roster, bounds, seen }: Seen, can: View['can']): GroupOrder | undefined => {
  if (can.update && isOutdated(facts, group)) return { do: 'update', group }
  const unwanted = new Set(seen.plan.remove.map(({ node }) => node))
  const going = [...roster.condemned, ...roster.listed.filter(({ node, member }) => node === undefined && unwanted.has(member.node))]
  return removalOf(group, going, seen.creationsWithout(going), bounds) ?? growthOf(group, seen.plan.create.length, bounds)
}

/** The class, or what the set lays over it, is another than what the group makes. */
export const isOutdated = ({ set, revision, offer }: GroupFacts, group: Group): boolean =>
  !offer.problem && revision !== undefined && revision !== (group.revision ?? set.status?.group?.revision)

/** Those whose Node is known are drained first. */
const deletions = ({ listed }: Roster, { plan }: Forecast): readonly GroupStep[] => {
  const nodes = new Set(listed.flatMap(({ node }) => (node ? [node] : [])))
  return plan.remove.flatMap(({ node, why }) => (nodes.has(node) ? [{ do: 'delete' as const, node, why }] : []))
}

/** Something comes or goes by itself, and lists will tell. */
const isMoving = (group: Group, roster: Roster, bounds: Bounds): boolean =>
  group.busy !== undefined ||
  group.size !== bounds.size ||
  roster.live !== group.size ||
  roster.unplannable + roster.condemned.length > 0 ||
  roster.listed.some(({ node, machine }) => node === undefined || machine.state === 'stopping' || isDeleting(node))

const sayOf = (facts: GroupFacts, group: Group, { roster, bounds, seen }: Seen, can: View['can']): Said => {
  const { failure } = facts
  if (failure) return told('False', failure.reason, failure.message)
  if (group.busy !== undefined) return told('Unknown', 'Busy', `group ${group.id} is busy: ${group.busy}`)
  const [stranger] = roster.strangers
  if (stranger !== undefined) return told('False', 'StrangeNode', stranger)
  if (group.problem !== undefined) return told('False', 'LacksMachines', `group ${group.id}: ${group.problem}`)
  if (bounds.off) return told('False', bounds.off.reason, bounds.off.message)
  if (isOutdated(facts, group) && !can.update) {
    const message = `class ${facts.className} has changed, and its provider can't change what a group makes: machines stay as they are`
    return told('False', 'ClassNotFollowed', message)
  }
  if (seen.stuck) {
    const message =
      `machines of group ${group.id} are to be replaced, and it may have neither one more (its maximum, its steps or its sizeAuthority ` +
      'forbid the surge) nor one less: set spec.strategy.rollingUpdate.maxUnavailable'
    return told('False', 'NoRoomToRoll', message)
  }
  return told('True', 'Driven', `group ${group.id} takes its size from ${bounds.follows ? 'others' : `set ${nameOf(facts.set)}`}`)
}
