import { type Condition, conditionTime, removeCondition, setCondition } from '../api/index.ts'
import type { Counts, NodeSetFacts, NodeSetPlan, Wishes } from './plan/index.ts'

export interface Standing {
  readonly facts: NodeSetFacts
  readonly plan: NodeSetPlan
  readonly wishes: Wishes
  readonly counts: Counts
}

type Said = readonly [status: Condition['status'], reason: string, message: string]

/**
 * What a set says of itself. As kstatus has it, `Reconciling` and `Stalled` stand there only while they are true: Argo CD, Flux and
 * kubectl wait read them.
 */
export const conditionsOf = (standing: Standing): readonly Condition[] => {
  const { facts, plan } = standing
  const observedGeneration = facts.set.metadata?.generation ?? 0
  const now = conditionTime(facts.now)
  const degraded = degradedOf(standing)
  const said: readonly (readonly [type: string, said: Said | undefined])[] = [
    ['Available', availableOf(standing)],
    ['Progressing', progressingOf(standing)],
    ['Degraded', degraded ? ['True', ...degraded] : ['False', 'NothingWrong', 'nothing keeps the set from what it asks for']],
    ['RepairFrozen', plan.frozen.length > 0 ? ['True', 'TooManyUnhealthy', sentence(plan.frozen)] : undefined],
    ['Reconciling', plan.progress.state === 'working' ? ['True', 'Working', workOf(standing)] : undefined],
    ['Stalled', degraded ? ['True', ...degraded] : undefined],
  ]
  return said.reduce<readonly Condition[]>((list, [type, what]) => {
    if (!what) return removeCondition(list, type)
    const [status, reason, message] = what
    return setCondition(list, { type, status, reason, message, observedGeneration }, now)
  }, facts.set.status?.conditions ?? none)
}

const none: readonly Condition[] = []

const availableOf = ({ wishes: { replicas, unavailable }, counts }: Standing): Said => {
  const wanted = Math.max(0, replicas - unavailable)
  return counts.available >= wanted
    ? ['True', 'EnoughNodes', `at least ${wanted} of ${replicas} nodes are available`]
    : ['False', 'TooFewNodes', `fewer than ${wanted} of ${replicas} nodes are available`]
}

const progressingOf = (standing: Standing): Said => {
  const { plan, facts } = standing
  if (plan.progress.state === 'complete') return ['True', 'Complete', 'every node is as it should be']
  if (plan.progress.state === 'paused') return ['Unknown', 'Paused', 'the set is paused (spec.paused), and nodes of an old revision stay']
  if (plan.progress.state === 'working') return ['True', 'Working', workOf(standing)]
  const seconds = facts.set.spec.progressDeadlineSeconds ?? 1_800
  return [
    'False',
    'ProgressDeadlineExceeded',
    `nothing has moved for ${seconds} s (spec.progressDeadlineSeconds); nothing is replaced before something does: ${workOf(standing)}`,
  ]
}

/** Steady while the numbers change, or each of a thousand nodes would be worth a write of its own. */
const workOf = ({ plan }: Standing): string => {
  if (plan.held.length > 0) return sentence(plan.held)
  return plan.outdated > 0 ? 'nodes are being replaced' : 'nodes are being created or removed'
}

const degradedOf = ({ plan }: Standing): readonly [reason: string, message: string] | undefined => {
  if (plan.shortfall) return [plan.shortfall.reason, plan.shortfall.message]
  if (plan.progress.state === 'failed') return ['ProgressDeadlineExceeded', 'the rollout has failed: see the condition Progressing']
  return plan.frozen.length > 0 ? ['RepairFrozen', sentence(plan.frozen)] : undefined
}

const most = 5

const sentence = (parts: readonly string[]): string =>
  [...parts.slice(0, most), ...(parts.length > most ? [`and ${parts.length - most} more`] : [])].join('; ')
