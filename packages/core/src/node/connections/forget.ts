import { type ClassConnection, type NodeClass, Nodes, nameOf } from '../../api/index.ts'
import { classNameOf, goodRecord, isDeleting } from '../../claim/index.ts'
import type { Life } from '../life.ts'
import { entryOfRecord, keyOf, placeOf } from './entry.ts'
import { whyLeft } from './left.ts'
import { sendingKey } from './memory.ts'
import { ownClasses } from './open.ts'

/** A provider may show nothing for a while, and nothing is lost by looking on. Milliseconds. */
const patienceMs = 600_000

/** By class and connection: since when nothing was seen to be left there (monotonic). */
export type Emptied = Map<string, number>

/** Takes off classes what nothing is left of, once that has lasted; at once off those that are being deleted. */
export const forgetEmptied = async (life: Life, emptied: Emptied): Promise<void> => {
  const now = life.context.runtime.clock.monotonic()
  const seen = new Set<string>()
  for (const nodeClass of ownClasses(life)) {
    const due = (nodeClass.status?.connections ?? []).filter(entry => {
      const key = sendingKey(nodeClass, entry)
      if (whyLeft(life, nodeClass, entry) !== undefined) return false
      seen.add(key)
      if (!emptied.has(key)) emptied.set(key, now)
      return isDeleting(nodeClass) || now - (emptied.get(key) ?? now) >= patienceMs
    })
    if (due.length === 0) continue
    const keys = new Set(due.map(entry => sendingKey(nodeClass, entry)))
    await life.connections.forget(
      nameOf(nodeClass),
      (current, entry) => !keys.has(sendingKey(current, entry)) || whyLeft(life, current, entry) !== undefined,
    )
  }
  for (const key of emptied.keys()) if (!seen.has(key)) emptied.delete(key)
}

/** In words, where something of a class that is being deleted is or may be left. */
export const leftOf = (life: Life, nodeClass: NodeClass): readonly string[] =>
  (nodeClass.status?.connections ?? []).flatMap(entry => {
    const why = whyLeft(life, nodeClass, entry)
    return why === undefined ? [] : [`${placeOf(entry)} (${why})`]
  })

/**
 * What records tell and classes do not know: an earlier version has written them. Of a machine that is known; what is merely asked for is
 * remembered when it is.
 */
export const rememberRecorded = async (life: Life): Promise<void> => {
  const recorded = new Map<string, Map<string, ClassConnection>>()
  for (const node of life.context.store(Nodes).list()) {
    const record = goodRecord(node)
    const entry = record?.id !== undefined && record.controller === life.controller ? entryOfRecord(record) : undefined
    const name = classNameOf(node)
    if (!entry || name === undefined) continue
    const entries = recorded.get(name) ?? new Map<string, ClassConnection>()
    recorded.set(name, entries.set(keyOf(entry), entry))
  }
  for (const nodeClass of ownClasses(life)) {
    const entries = recorded.get(nameOf(nodeClass))
    if (!entries) continue
    for (const entry of entries.values()) life.connections.sendings.inherit(sendingKey(nodeClass, entry))
    await life.connections.remember(nameOf(nodeClass), [...entries.values()])
  }
}
