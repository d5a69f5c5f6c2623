import { type ClassConnection, type NodeClass, NodeClasses } from '../../api/index.ts'
import type { ManagerContext } from '../../engine/index.ts'
import { type Json, isConflict, isNotFound } from '../../kube/index.ts'
import { precondition } from '../write.ts'
import { keyOf } from './entry.ts'
import { type Sendings, createSendings } from './sendings.ts'

/**
 * Which connections classes remember (`status.connections`): one is written before anything is sent under it, and taken off when nothing is
 * left there. So machines are found that no Node knows of any more, whatever their class says by then.
 *
 * Dies before the write: nothing was sent. After it, or with its answer lost: nothing is left there, and it is taken off after a while.
 */
export interface ConnectionMemory {
  readonly sendings: Sendings
  /** Resolves when the class has all of these, or is gone. Nothing is written where it has. @throws ApiError, TransportError */
  remember(className: string, entries: readonly ClassConnection[]): Promise<void>
  /** Takes those off of which `isLeft` says no, and of which it does so right before that is sent. @throws ApiError, TransportError */
  forget(className: string, isLeft: (nodeClass: NodeClass, entry: ClassConnection) => boolean): Promise<void>
}

/** Names a connection of a class in `sendings`. */
export const sendingKey = ({ metadata }: NodeClass, entry: ClassConnection): string => `${metadata?.uid ?? ''} ${keyOf(entry)}`

export const createConnectionMemory = ({ client, store, signal, runtime }: ManagerContext): ConnectionMemory => {
  const remembered = store(NodeClasses)
    .list()
    .flatMap(nodeClass => (nodeClass.status?.connections ?? []).map(entry => sendingKey(nodeClass, entry)))
  const sendings = createSendings(runtime.clock, remembered)
  /** By class: one change after the other, or what one takes off is what another has just relied on. */
  const turns = new Map<string, Promise<unknown>>()

  const inTurn = async <T>(className: string, work: () => Promise<T>): Promise<T> => {
    const before = turns.get(className)
    const turn = (async () => {
      // Whoever asked for it is told of its failure.
      await Promise.allSettled([before])
      return work()
    })()
    turns.set(className, turn)
    try {
      return await turn
    } finally {
      if (turns.get(className) === turn) turns.delete(className)
    }
  }

  const change = async (
    name: string,
    next: (entries: readonly ClassConnection[], nodeClass: NodeClass) => readonly ClassConnection[] | undefined,
  ): Promise<void> => {
    let nodeClass: NodeClass | undefined = store(NodeClasses).get({ name })
    while (nodeClass) {
      const after = next(nodeClass.status?.connections ?? [], nodeClass)
      if (!after) return
      try {
        const on = precondition(nodeClass)
        await client.patch(NodeClasses, { name }, { merge: { status: { connections: asJson(after) } } }, { subresource: 'status', on })
        return
      } catch (error) {
        if (isNotFound(error)) return
        if (!isConflict(error)) throw error
        nodeClass = await client.get(NodeClasses, { name }, signal)
      }
    }
  }

  const missing = (entries: readonly ClassConnection[], known: readonly ClassConnection[]): readonly ClassConnection[] => {
    const keys = new Set(known.map(keyOf))
    return entries.filter(entry => !keys.has(keyOf(entry)))
  }

  return {
    sendings,
    async remember(name, entries) {
      const known = store(NodeClasses).get({ name })?.status?.connections ?? []
      if (!turns.has(name) && missing(entries, known).length === 0) return
      await inTurn(name, () =>
        change(name, before => {
          const added = missing(entries, before)
          return added.length === 0 ? undefined : [...before, ...added]
        }),
      )
    },
    forget: (name, isLeft) =>
      inTurn(name, () =>
        change(name, (before, nodeClass) => {
          const left = before.filter(entry => isLeft(nodeClass, entry))
          return left.length === before.length ? undefined : left
        }),
      ),
  }
}

// Plain data of ours.
const asJson = (entries: readonly ClassConnection[]): Json => (entries.length === 0 ? null : JSON.parse(JSON.stringify(entries)))
