import type { NodeSet } from '../../api/index.ts'
import type { Group } from '../../provider/index.ts'
import { type Choice, type NodeSetFacts, type NodeSetPlan, planNodeSet } from '../plan/index.ts'
import type { Bounds } from './bounds.ts'
import type { GroupFacts } from './facts.ts'
import type { Listed, Roster } from './roster.ts'

/** The group as a set of single nodes, and what the plan of sets would do with them. */
export interface Forecast {
  readonly facts: NodeSetFacts
  readonly plan: NodeSetPlan
  /** How many nodes would be made if these were gone. */
  creationsWithout(gone: readonly Listed[]): number
  /** Machines are to be replaced, and nothing may be: neither one more nor one less. */
  readonly stuck: boolean
}

export const forecast = (facts: GroupFacts, group: Group, roster: Roster, bounds: Bounds): Forecast => {
  const slots = Math.max(0, group.size - roster.live)
  const asSet: NodeSetFacts = {
    set: asked(facts.set, bounds),
    members: roster.listed.map(({ member }) => member),
    orphans: [],
    choices: [choiceOf(facts, group, roster, slots, bounds.step)],
    // A group makes what it makes now.
    earlier: [],
    unknown: slots + roster.unplannable,
    podsOn: facts.podsOn,
    now: facts.now,
  }
  const plan = planNodeSet(asSet)
  return {
    facts: asSet,
    plan,
    stuck: bounds.surge === 0 && bounds.unavailable === 0 && plan.outdated > 0 && facts.set.spec.paused !== true,
    creationsWithout(gone) {
      const left = new Set(gone.map(({ member }) => member))
      const choices = asSet.choices.map(choice => ({ ...choice, room: choice.room + gone.length }))
      return planNodeSet({ ...asSet, choices, members: asSet.members.filter(member => !left.has(member)) }).create.length
    },
  }
}

/** The set with what its group can do, and without what groups do not have. */
const asked = ({ spec, ...set }: NodeSet, { size, surge, unavailable }: Bounds): NodeSet => {
  const { zones: _zones, headroom: _headroom, nodeClassNames: _names, ...rest } = spec
  const rollingUpdate = { maxSurge: surge, maxUnavailable: unavailable }
  return { ...set, spec: { ...rest, replicas: size, strategy: { ...spec.strategy, rollingUpdate } } }
}

/** Machines are made as the group makes them now, whatever the class says until the group was told. */
const choiceOf = (
  { className, offer, room, set }: GroupFacts,
  group: Group,
  { listed, unplannable }: Roster,
  slots: number,
  step: number,
): Choice => {
  const withoutNode = listed.filter(({ node }) => node === undefined).length
  return {
    className,
    offer,
    revision: offer.problem ? undefined : (group.revision ?? set.status?.group?.revision),
    room: inSteps(group.size, Math.max(0, room - withoutNode - unplannable - slots), step),
    zones: [{ name: undefined, closedMs: 0 }],
  }
}

/** Of the places that are left those that whole steps fill: half a step can't be ordered. */
const inSteps = (size: number, room: number, step: number): number => Math.max(0, Math.floor((size + room) / step) * step - size)
