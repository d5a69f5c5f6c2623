import { DeadlineExceeded, type Duration, describeMs, durationMs, withDeadline } from '@kube-node/core/runtime'
import { type Talk, type TalkOptions, talk } from '../../cluster/index.ts'
import { CommandFailed, type Host } from '../../terminal/index.ts'
import { setNameOf } from '../kept.ts'
import { type RolloutDescription, describeRollout } from './describe.ts'
import { type Scene, factsOf, readScene } from './facts.ts'
import { followScene } from './follow.ts'
import { createTeller } from './teller.ts'

export interface RolloutStatusOptions extends TalkOptions {
  /** Until the rollout has ended. */
  readonly watch: boolean
  /** How long at the most; 0 is for ever. */
  readonly timeout: Duration
  readonly output?: 'json'
  /** Where the controllers' Leases are. */
  readonly namespace: string
}

/**
 * Tells how far a rollout is and why it waits, until it has ended.
 * @throws CommandFailed for a rollout that has failed, a set that is deleted meanwhile, and when the time is over.
 */
export const rolloutStatus = async (host: Host, what: string, name: string | undefined, options: RolloutStatusOptions): Promise<void> => {
  const asked = setNameOf(what, name)
  const ms = durationMs(options.timeout)
  await talk(host, options, async cluster => {
    const progress: Progress = { last: undefined }
    const work = (signal: AbortSignal): Promise<void> => untilEnded(host, cluster, asked, { ...options, progress }, signal)
    if (!options.watch || ms === 0) return work(host.signal)
    try {
      await withDeadline({ clock: host.runtime.clock, ms, what: 'the rollout', signal: host.signal }, work)
    } catch (error) {
      if (!DeadlineExceeded.is(error)) throw error
      const told = [progress.last?.message, ...(progress.last?.why ?? [])].filter(text => text !== undefined).join('; ')
      throw new CommandFailed(`not rolled out within ${describeMs(ms)}: ${told}`, { cause: error })
    }
  })
}

interface Progress {
  /** What was seen last. */
  last: RolloutDescription | undefined
}

const untilEnded = async (
  host: Host,
  cluster: Talk,
  name: string,
  { watch, output, namespace, progress }: RolloutStatusOptions & { readonly progress: Progress },
  signal: AbortSignal,
): Promise<void> => {
  const tell = createTeller(host, output)
  const described = (scene: Scene): RolloutDescription => describeRollout(factsOf(scene, host.runtime.clock.now()))
  const isOver = (seen: RolloutDescription): boolean => {
    progress.last = seen
    tell(seen)
    if (seen.state === 'failed') throw new CommandFailed([seen.message, ...seen.why].join('; '))
    return seen.state === 'complete'
  }
  const read = (): Promise<Scene> => readScene(cluster.client, name, namespace, signal)
  const first = await read()
  if (isOver(described(first)) || !watch) return
  await followScene(
    host,
    cluster,
    first,
    async scene => {
      if (scene === 'gone') throw new CommandFailed(`NodeSet "${name}" was deleted meanwhile`)
      const seen = described(scene)
      // Informers are late by a moment, each by its own: an end is what a quorum read calls one.
      return isOver(seen.state === 'complete' || seen.state === 'failed' ? described(await read()) : seen)
    },
    signal,
  )
}
