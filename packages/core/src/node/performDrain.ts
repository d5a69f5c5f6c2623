import { type Node, type VolumeAttachment, VolumeAttachments, conditions, hasTaint, nameOf, taints } from '../api/index.ts'
import { claimOf } from '../claim/index.ts'
import { holdersOf } from './drain/index.ts'
import { byNode } from './indexes.ts'
import type { Life } from './life.ts'
import { outOfServicePatch } from './patches.ts'
import { say } from './say.ts'
import type { NodeStep, Performed } from './step.ts'
import { writeNode } from './write.ts'

/** Taking the taint for a fact comes first: whatever follows is bounded by the moment that it stood there. */
export const outOfService = async (life: Life, node: Node): Promise<Performed> => {
  const tainted = hasTaint(node.spec?.taints, { key: taints.outOfService }) ? node : await writeNode(life, node, outOfServicePatch(node))
  life.flights.outOfService(claimOf(node))
  return { node: tainted }
}

export const sayDrained = async (life: Life, node: Node, step: Extract<NodeStep, { do: 'sayDrained' }>): Promise<Performed> => {
  const { status, reason, message } = step
  const told = await say(life, node, { type: conditions.drained, status, reason, message })
  if (status === 'False' && 'node' in told) life.context.event(node, 'Warning', reason, message)
  return told
}

/** What the store does not show yet is waited for: its event brings the key back. */
export const confirmDrained = async (life: Life, node: Node): Promise<Performed> => {
  const { pods, attachments } = await life.census.on(nameOf(node))
  const isHeld = holdersOf(node, pods, life.context.runtime.clock.now()).length > 0
  if (isHeld || !areKnown(life, node, attachments)) return { afterMs: 1_000 }
  life.flights.drained(claimOf(node))
  return { node }
}

/** Whether they hold the machine, or are those of pods that stay, is planned by what the store shows. */
const areKnown = ({ context }: Life, node: Node, attachments: readonly VolumeAttachment[]): boolean => {
  const known = new Set(
    context
      .store(VolumeAttachments)
      .by(byNode, nameOf(node))
      .map(({ metadata }) => metadata?.uid),
  )
  return attachments.every(({ metadata }) => known.has(metadata?.uid))
}
