import { type Node, Nodes, nameOf, pathOf } from '@kube-node/core/api'
import type { Json, KubeRequest, KubeResponse } from '@kube-node/core/kube'
import { type MachineRecord, isBroken, recordOf } from '@kube-node/core'
import type { ApiServer, Snapshot } from '../server/index.ts'
import { callTimeoutMs } from './estate.ts'
import type { Life } from './life.ts'
import { uidsOf } from './truth.ts'

/**
 * What is true of an API server that was restored from a backup: what it has forgotten, and which managers know. Both truths
 * count: the one before and the one after.
 */
export interface Restores {
  /** The API server goes back to that backup, now. `lives`: those that know what was before. */
  restore(backup: Snapshot, lives: readonly Life[]): void
  /** A manager has heard that Nodes are at that version; `list`: in a whole list that was read at that world time. */
  heard(life: Life, version: string, list?: { readonly readAt: number }): void
  /** The Node as it was before it was forgotten; undefined when no restore took it. */
  lost(uid: string): Node | undefined
  /** A restore took back what stood in this claim's record: a later attempt, that it had begun at all, or that the claim was gone. */
  tookBack(uid: string): boolean
  /** A restore took back what the claim's attempt was to send, which means something else by now. */
  unpinned(uid: string): boolean
  /** World time at which this life last saw the API server know less than it did; -Infinity when it never has. */
  witnessedAt(life: Life): number
  /** This manager has not read since the newest restore: what it does is right or wrong by what was before. */
  isUnaware(life: Life): boolean
  /** Somebody may still act on what was before, or what was sent then may still take effect. */
  readonly unsettled: boolean
  /** What the API server holds at this moment, before anybody has heard of it. */
  nodes(): readonly Node[]
  /** World time of the newest restore; -Infinity before the first. */
  readonly at: number
}

export const nodesPath: string = pathOf(Nodes)

// Whatever is answered under the path of a kind has metadata: the cast at the border.
export const versionOf = (object: Json | undefined): string =>
  (object as { readonly metadata?: { readonly resourceVersion?: string } } | undefined)?.metadata?.resourceVersion ?? '0'

/** A list of one is asked for to compare versions: who has not read the whole has not seen what is missing. */
export const hearAnswer = (restores: Restores, life: Life, request: KubeRequest, { status, body }: KubeResponse, givenAt: number): void => {
  const { method, path, query } = request
  if (status >= 300 || !path.startsWith(nodesPath)) return
  if (path !== nodesPath || method !== 'GET') return restores.heard(life, versionOf(body))
  if (query?.['limit'] === '1') return
  // A part of them says nothing of what is missing.
  const isWhole = query?.['labelSelector'] === undefined && query?.['fieldSelector'] === undefined
  restores.heard(life, versionOf(body), isWhole ? { readAt: givenAt } : undefined)
}

/** What was sent before may take effect for so long. Milliseconds. */
const landingMs = callTimeoutMs + 15_000

export const followRestores = (server: ApiServer, now: () => number, onHeard: (life: Life, version: number) => void): Restores => {
  const forgotten = new Map<string, Node>()
  const takenBack = new Set<string>()
  const unpinned = new Set<string>()
  const newest = new Map<Life, number>()
  const witnesses = new Map<Life, number>()
  const unaware = new Set<Life>()
  let at = -Infinity
  let settledAt = -Infinity

  // Nodes are what is stored under this name: the cast at the border.
  const nodes = (): readonly Node[] => server.store.list({ group: Nodes.group, plural: Nodes.plural }) as unknown as readonly Node[]
  const dropDead = (): void => {
    for (const life of unaware) if (life.state === 'dead') aware(life)
  }
  const aware = (life: Life): void => {
    if (unaware.delete(life)) settledAt = now()
  }

  return {
    nodes,
    restore(backup, lives) {
      const before = nodes()
      server.restore(backup)
      at = settledAt = now()
      for (const life of lives) unaware.add(life)
      const after = new Map(nodes().map(node => [node.metadata?.uid ?? '', node]))
      // What befell a claim between the backup and its end is forgotten, too.
      const known = new Set(before.flatMap(uidsOf))
      for (const node of after.values()) for (const uid of uidsOf(node)) if (!known.has(uid)) takenBack.add(uid)
      for (const node of before) {
        const uid = node.metadata?.uid ?? ''
        const left = after.get(uid)
        for (const each of uidsOf(node)) {
          if (!left) forgotten.set(each, node)
          // Of one that was handed over the Node that it was may be back.
          const back = left ?? after.get(each)
          if (back && progress(back) < progress(node)) takenBack.add(each)
          if (back && isPinned(node) && !isPinned(back)) unpinned.add(each)
        }
      }
    },
    heard(life, version, list) {
      const seen = newest.get(life) ?? 0
      const heard = Number(version)
      onHeard(life, heard)
      if (list !== undefined && list.readAt >= at) {
        if (unaware.has(life) && heard < seen) witnesses.set(life, now())
        aware(life)
        newest.set(life, heard)
      } else newest.set(life, Math.max(seen, heard))
    },
    lost: uid => forgotten.get(uid),
    tookBack: uid => takenBack.has(uid),
    unpinned: uid => unpinned.has(uid),
    witnessedAt: life => witnesses.get(life) ?? -Infinity,
    isUnaware: life => unaware.has(life),
    get unsettled() {
      dropDead()
      return unaware.size > 0 || now() - settledAt < landingMs
    },
    get at() {
      return at
    },
  }
}

/** How far a claim had come: its attempt, and within it whether its machine is known. */
const progress = (node: Node): number => {
  const record = recordFrom(node)
  return record ? record.attempt * 2 + Number(record.id !== undefined) : 0
}

const isPinned = (node: Node): boolean => recordFrom(node)?.pinned !== undefined

const recordFrom = (node: Node): MachineRecord | undefined => {
  const record = recordOf(node)
  if (!record || !isBroken(record)) return record
  throw new Error(`node ${nameOf(node)} has a broken record: ${record.problem}`)
}
