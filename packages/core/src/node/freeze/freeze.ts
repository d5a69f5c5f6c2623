import { ConfigMaps, conditionTime } from '../../api/index.ts'
import type { ManagerContext } from '../../engine/index.ts'
import { linkedAbort } from '../../runtime/index.ts'
import { precondition } from '../write.ts'
import { type Evidence, type FreezeRecord, freezeKey, freezeRecordOf, frozenData, isLifted, wordsOf } from './record.ts'

/**
 * After a restore of the API server from a backup nothing is deleted because something is missing (invariant 9). What a leader
 * sees holds from that moment on, and is written down, so that it outlives the leader: until a person lifts it.
 */
export interface Freeze {
  /** In words, why nothing that is gone is believed to be gone; undefined when it is. */
  readonly why: string | undefined
  /** Freezes at once, and wakes who waits in `pause`, so that it is written. Nothing happens where a person has lifted just that. */
  impose(evidence: Evidence): void
  /** Reads what is written, and writes what is to be written. @throws ApiError, TransportError: all stays as it is known here. */
  look(): Promise<void>
  /** Until it is time to look again. Rejects with the signal's reason. */
  pause(signal: AbortSignal): Promise<void>
}

/** How soon a person's thaw is noticed. Milliseconds. */
const lookEveryMs = 30_000
/** How soon what could not be written is written again. Milliseconds. */
const retryMs = 2_000

export const createFreeze = (context: ManagerContext, namespace: string, controller: string): Freeze => {
  const { client, runtime } = context
  const key = freezeKey(namespace, controller)
  const woken = Symbol('woken')
  const seen = new Map<string, Evidence>()
  let record: FreezeRecord | undefined
  let wake = (): void => undefined

  const pending = (): Evidence | undefined => {
    for (const [name, evidence] of seen) if (isLifted(evidence, record)) seen.delete(name)
    return [...seen.values()][0]
  }

  const write = async (why: string): Promise<void> => {
    const there = await client.get(ConfigMaps, key, context.signal)
    const data = frozenData(conditionTime(runtime.clock.now()), why)
    const written = await (there
      ? client.patch(ConfigMaps, key, { merge: { data } }, { on: precondition(there) })
      : client.create(ConfigMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: key, data }))
    record = freezeRecordOf(written)
  }

  return {
    get why() {
      const evidence = pending()
      return record?.frozen === true ? record.why || 'a person has frozen deletions' : evidence && wordsOf(evidence)
    },
    impose(evidence) {
      // What was read before an API server went back may not stand there any more.
      if (evidence.kind === 'version' && record?.frozen === false) record = undefined
      if (isLifted(evidence, record)) return
      seen.set(evidence.kind === 'version' ? 'version' : evidence.machine, evidence)
      wake()
    },
    async look() {
      const there = await client.get(ConfigMaps, key, context.signal)
      // A freeze is lifted in words alone: one that is missing may have gone with another restore. It holds while it is written again.
      if (!there && record?.frozen === true) return write(record.why)
      record = there && freezeRecordOf(there)
      const evidence = pending()
      if (evidence && record?.frozen !== true) await write(wordsOf(evidence))
    },
    async pause(signal) {
      using scope = linkedAbort(signal)
      wake = () => scope.abort(woken)
      const due = pending() !== undefined && record?.frozen !== true
      try {
        await runtime.clock.sleep(due ? retryMs : lookEveryMs, scope.signal)
      } catch (error) {
        if (error !== woken) throw error
      } finally {
        wake = () => undefined
      }
    },
  }
}
