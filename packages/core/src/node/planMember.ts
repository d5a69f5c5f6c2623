import { type MachineRecord, hasJoined, phaseOf } from '../claim/index.ts'
import type { Mirror, NodeFacts } from './facts.ts'
import { planJoined, planMissing } from './planMachine.ts'
import type { NodeStep } from './step.ts'

/** A Node whose machine is a group's. It is never created and never booted by us: its group makes machines, its set labels their Nodes. */
export const planMember = (facts: NodeFacts, record: MachineRecord, mirror: Mirror): NodeStep => {
  const machine = mirror.machines.find(({ id }) => id === record.id)
  if (!machine) return planMissing(facts, record, mirror)
  // A restored API server has forgotten its status; its kubelet writes it again.
  return hasJoined(facts.node) ? planJoined(facts, record, machine) : { do: 'rest' }
}

/** Drained: from here on its set, which knows how many machines there shall be, removes the machine. */
export const planMemberRemoval = ({ node, unkept }: NodeFacts, record: MachineRecord): NodeStep => {
  if (unkept !== undefined) {
    return { do: 'tell', phase: phaseOf(node), reason: 'GroupUnattended', message: unkept, afterMs: 60_000, expect: true }
  }
  return record.deletedAt === undefined ? { do: 'condemn' } : { do: 'rest', expect: true, afterMs: 30_000 }
}
