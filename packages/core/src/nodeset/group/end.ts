import { conditionTime } from '../../api/index.ts'
import { isDeleting } from '../../claim/index.ts'
import type { Group } from '../../provider/index.ts'
import { boundsOf } from './bounds.ts'
import type { GroupFacts, GroupPlan, GroupStep, View } from './facts.ts'
import { removalOf } from './orders.ts'
import { isKept } from './policy.ts'
import { type Roster, isCondemned, rosterOf } from './roster.ts'
import { told } from './words.ts'

/** The set was deleted. What its group was is looked after until the last of it is gone, or is somebody else's again. */
export const planEnd = (facts: GroupFacts): GroupPlan => {
  const { set, view } = facts
  const record = set.status?.group
  // Nothing was ever done to a group.
  if (!record) return { ...resting, steps: [{ do: 'release' }] }
  const known = view && !view.problem ? view : undefined
  const roster = rosterOf(facts, known?.group?.members ?? [])
  if (isKept(set) || isOrphaned(facts, roster)) return planKeeping(facts, roster, known)
  if (!view) return saying('ClassNotFound', 'whether the group is gone is not known')
  if (view.problem) return saying(view.problem.reason, `the group can't be deleted: ${view.problem.message}`)
  if (!view.settled) return saying('Unsettled', 'no complete list shows yet what the last order did')
  return view.group ? planDestruction(facts, roster, view.group, view) : planAbsence(facts, roster, view)
}

const resting: GroupPlan = {
  steps: [],
  order: undefined,
  said: told('Unknown', 'Ending', 'the set is being deleted'),
  standing: undefined,
  watch: true,
  afterMs: 30_000,
}

const saying = (reason: string, message: string): GroupPlan => ({ ...resting, said: told('False', reason, message) })

/** Deleted with --cascade=orphan: the garbage collector has taken the set off its Nodes, or is about to. */
const isOrphaned = ({ set }: GroupFacts, { ours }: Roster): boolean =>
  (set.metadata?.finalizers?.includes('orphan') ?? false) ||
  ours.some(node => node.metadata?.ownerReferences?.some(({ uid }) => uid === set.metadata?.uid) !== true)

/** Nodes become plain ones, and machines stay; those that somebody has deleted before are brought to their end. */
const planKeeping = (facts: GroupFacts, roster: Roster, view: View | undefined): GroupPlan => {
  const steps: readonly GroupStep[] = roster.ours.flatMap(node => (isDeleting(node) ? [] : [{ do: 'letGo' as const, node }]))
  if (roster.ours.length === 0) return { ...resting, steps: [{ do: 'release' }] }
  const group = view?.settled === true ? view.group : undefined
  const order = group && removalOf(group, roster.condemned, roster.condemned.length, boundsOf(facts.set, group))
  const going = roster.ours.length - steps.length
  const said = told('Unknown', 'Keeping', going === 0 ? 'the group is kept' : `the group is kept, once ${going} of its nodes are drained`)
  return { ...resting, steps, order: ready(facts, group, order), said }
}

/** Drains all, removes what is drained, and destroys the group when nothing runs in it any more. */
const planDestruction = (facts: GroupFacts, roster: Roster, group: Group, view: View): GroupPlan => {
  const { set } = facts
  const record = set.status?.group
  if (!view.can.destroy || !record) {
    return saying('CannotDelete', `provider ${record?.provider ?? ''} deletes no groups: set spec.group.deletionPolicy to Keep`)
  }
  const [stranger] = roster.strangers
  const steps: readonly GroupStep[] = [
    ...roster.claims.map(({ node, machine }) => ({ do: 'claim' as const, node, member: machine, revision: machine.revision })),
    ...roster.ours.flatMap(node => (isDeleting(node) ? [] : [{ do: 'delete' as const, node, why: 'its set is being deleted' }])),
  ]
  if (stranger !== undefined) return { ...saying('StrangeNode', `the group is not deleted: ${stranger}`), steps }
  const draining = roster.ours.filter(node => !isCondemned(node)).length + roster.unplannable
  if (steps.length > 0 || draining > 0) {
    const nobody = { ...boundsOf(set, group), size: 0, follows: false }
    const order = removalOf(group, roster.condemned, 0, nobody)
    return {
      ...resting,
      steps,
      order: ready(facts, group, order),
      said: told('Unknown', 'Draining', `${draining} nodes of the group are being drained`),
    }
  }
  if (record.deletedAt === undefined) {
    return { ...resting, steps: [{ do: 'record', record: { ...record, id: group.id, deletedAt: conditionTime(facts.now) } }] }
  }
  const said = facts.failure
    ? told('False', facts.failure.reason, facts.failure.message)
    : told('Unknown', 'Deleting', 'the group is being deleted')
  return { ...resting, order: ready(facts, group, { do: 'destroy', group }), said }
}

/** Gone, if that may be believed: lists lack it for long enough, and it was deleted by us or no kubelet of its machines objects. */
const planAbsence = (facts: GroupFacts, roster: Roster, view: View): GroupPlan => {
  const record = facts.set.status?.group
  const landing = record?.id === undefined ? view.landingMs : 0
  const left = view.consistencyWindowMs + landing - view.absentForMs
  if (left >= 0) return { ...resting, said: told('Unknown', 'Deleting', 'no list shows the group any more'), afterMs: Math.max(500, left) }
  if (roster.contradicting > 0 && record?.deletedAt === undefined) {
    const message =
      "the provider's list lacks the group, and kubelets of its machines still say that they are ready: nothing is decided. If the group " +
      'shall be left to itself, set spec.group.deletionPolicy to Keep'
    return saying('ListContradicted', message)
  }
  const steps: readonly GroupStep[] = roster.ours.flatMap(node =>
    isDeleting(node) ? [] : [{ do: 'delete' as const, node, why: 'its group is gone' }],
  )
  return roster.ours.length === 0 ? { ...resting, steps: [{ do: 'release' }] } : { ...resting, steps }
}

/** Not while the group is busy, or the last try has just failed. */
const ready = ({ failure }: GroupFacts, group: Group | undefined, order: GroupPlan['order']): GroupPlan['order'] =>
  group?.busy === undefined && !(failure && failure.retryInMs > 0) ? order : undefined
