import { freezeKey, freezeRecordOf, liftedData } from '@kube-node/core'
import { ConfigMaps } from '@kube-node/core/api'
import { type TalkOptions, talk } from '../cluster/index.ts'
import type { Host } from '../terminal/index.ts'

export interface ThawOptions extends TalkOptions {
  /** Where the controller keeps what must outlive it. */
  readonly namespace: string
  /** The `spec.controller` of the classes whose machines are concerned. */
  readonly controller: string
}

/**
 * Lifts the freeze of deletions, after somebody has looked at what a restore of the API server has left. The controller goes by it
 * within half a minute.
 * @throws CommandFailed for what the API server refuses.
 */
export const thaw = async (host: Host, options: ThawOptions): Promise<void> => {
  const key = freezeKey(options.namespace, options.controller)
  await talk(host, options, async ({ client }) => {
    const there = await client.get(ConfigMaps, key, host.signal)
    const record = there && freezeRecordOf(there)
    if (!there || record?.frozen !== true) {
      const since = record ? `: the last freeze, of ${record.since || 'nobody knows when'}, is lifted` : ''
      host.stdout.write(`nothing is frozen for controller ${options.controller}${since}\n`)
      return
    }
    const { uid = '', resourceVersion = '' } = there.metadata ?? {}
    await client.patch(ConfigMaps, key, { merge: { data: { ...liftedData } } }, { on: { uid, resourceVersion }, signal: host.signal })
    host.stdout.write(`lifted: frozen since ${record.since || 'nobody knows when'}: ${record.why}\n`)
    host.stdout.write('machines without a Node, and Nodes without a machine, are deleted from now on\n')
  })
}
