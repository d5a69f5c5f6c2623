import { type Node, conditions, findCondition } from '../api/index.ts'
import { type Words, claimOf, classNameOf, isTurnedAway, phaseOf } from '../claim/index.ts'
import type { Life } from './life.ts'
import { phasePatch } from './patches.ts'
import type { NodeStep, Performed } from './step.ts'
import { writeCondition, writeOwnKeys } from './write.ts'

/**
 * Another life may lead beside this one, until the frozen holder of a lease wakes up and notices, and see other things of the
 * same machine. Each finds the other's words at once, and would put its own in their place for as long as it can send.
 */
const contestedMs = 5_000

/** How long to leave standing what somebody else says in the place of what this life said last. Its own words it mends at once. */
const contestedForMs = ({ context, flights }: Life, node: Node, words: Words): number => {
  const standing = findCondition(node.status?.conditions, words.type)
  const mine = flights.of(claimOf(node)).said.get(words.type)
  if (!mine || !standing || isSame(standing, words) || isSame(standing, mine.words)) return 0
  return Math.max(0, mine.at + contestedMs - context.runtime.clock.monotonic())
}

const isSame = (a: Omit<Words, 'type'>, b: Omit<Words, 'type'>): boolean =>
  a.status === b.status && a.reason === b.reason && a.message === b.message

/** Says it in a condition of the Node, unless it stands there already or is contested: then it is planned anew when it may be said. */
export const say = async (life: Life, node: Node, words: Words): Promise<Performed> => {
  const waitMs = contestedForMs(life, node, words)
  if (waitMs > 0) return { afterMs: waitMs }
  const told = await writeCondition(life, node, words)
  if (told !== node) life.flights.said(claimOf(node), words)
  return { node: told }
}

/** Says in condition, phase and event what the claim waits for. */
export const tell = async (life: Life, step: Extract<NodeStep, { do: 'tell' }>, node: Node): Promise<Performed> => {
  if (isTurnedAway(node, step.reason)) life.seats.giveUp(node, classNameOf(node) ?? '')
  const words = { type: conditions.machineProvisioned, status: 'False', reason: step.reason, message: step.message } as const
  const waitMs = contestedForMs(life, node, words)
  if (waitMs > 0) return { afterMs: Math.min(waitMs, step.afterMs) }
  const phased =
    phaseOf(node) === step.phase && node.metadata?.annotations !== undefined ? node : await writeOwnKeys(life, node, phasePatch(step.phase))
  const told = await say(life, phased, words)
  if ('node' in told && told.node !== phased) life.context.event(node, step.event ?? 'Warning', step.reason, step.message)
  return { afterMs: step.afterMs }
}
