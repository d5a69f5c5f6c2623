import { type NodeSet, NodeSets, nameOf } from '../../api/index.ts'
import type { Source } from '../../engine/index.ts'
import { bySetUid } from '../indexes.ts'
import type { GroupLife } from './life.ts'

/** What the provider shows of its groups wakes the sets that drive them. */
export const groupSource = (life: () => GroupLife | undefined): Source => ({
  async run({ enqueue, signal, store }) {
    const current = life()
    if (!current) return
    const wake = (sets: readonly NodeSet[]): void => {
      for (const set of sets) enqueue({ name: nameOf(set) })
    }
    const driving = (): readonly NodeSet[] =>
      store(NodeSets)
        .list()
        .filter(({ status }) => status?.group !== undefined)
    using _expected = current.session.onChange(({ claim }) => wake(store(NodeSets).by(bySetUid, claim)))
    using _groups = current.session.onGroup(({ provider }) => wake(driving().filter(({ status }) => status?.group?.provider === provider)))
    using _credentials = current.session.onCredentials(() => wake(driving()))
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
  },
})
