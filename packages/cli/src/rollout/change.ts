import { type NodeSet, NodeSets } from '@kube-node/core/api'
import type { Json } from '@kube-node/core/kube'
import { type TalkOptions, talk } from '../cluster/index.ts'
import { CommandFailed, type Host } from '../terminal/index.ts'
import { warnOfSilence } from './attended.ts'
import { readSet, setNameOf } from './kept.ts'
import { halfUndone, intentOf } from './undo/index.ts'

export interface ChangeOptions extends TalkOptions {
  /** Where the controllers' Leases are. */
  readonly namespace: string
}

/** Stops a rollout where it is; the set goes on to scale and to replace what is gone. @throws CommandFailed for one that is paused. */
export const pause = (host: Host, what: string, name: string | undefined, options: ChangeOptions): Promise<void> =>
  change(host, what, name, options, {
    done: 'paused',
    spec: () => ({ paused: true }),
    against: ({ spec }) => (spec.paused === true ? 'is paused already' : undefined),
  })

/** Lets a rollout go on. @throws CommandFailed for a set that is not paused, or is half undone. */
export const resume = (host: Host, what: string, name: string | undefined, options: ChangeOptions): Promise<void> =>
  change(host, what, name, options, {
    done: 'resumed',
    spec: () => ({ paused: false }),
    against: ({ spec }) => (spec.paused === true ? undefined : 'is not paused'),
  })

/** Replaces every node of the set, as its strategy says. @throws CommandFailed for a set that is paused, or is half undone. */
export const restart = (host: Host, what: string, name: string | undefined, options: ChangeOptions): Promise<void> =>
  change(host, what, name, options, {
    done: 'restarted',
    // To the millisecond: another value, whatever it is, is another restart.
    spec: () => ({ template: { restartedAt: new Date(host.runtime.clock.now()).toISOString() } }),
    against: ({ spec }) => (spec.paused === true ? 'is paused, and would not begin: kube-node rollout resume first' : undefined),
  })

interface Wish {
  readonly done: string
  spec(): Json
  /** In words, what is against it. */
  against(set: NodeSet): string | undefined
}

const change = async (host: Host, what: string, name: string | undefined, options: ChangeOptions, wish: Wish): Promise<void> => {
  const asked = setNameOf(what, name)
  await talk(host, options, async ({ client }) => {
    const { signal } = host
    const set = await readSet(client, asked, signal)
    if (wish.done !== 'paused' && intentOf(set) !== undefined) throw new CommandFailed(halfUndone(asked))
    const against = wish.against(set)
    if (against !== undefined) throw new CommandFailed(`NodeSet "${asked}" ${against}`)
    const on = { uid: set.metadata?.uid ?? '' }
    const changed = await client.patch(NodeSets, { name: asked }, { merge: { spec: wish.spec() } }, { on, signal })
    host.stdout.write(`nodeset/${asked} ${wish.done}\n`)
    await warnOfSilence(host, client, changed, options.namespace)
  })
}
