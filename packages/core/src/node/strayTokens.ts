import { Nodes } from '../api/index.ts'
import type { Gauge, Source } from '../engine/index.ts'
import { allTokens, removeToken, whyStray } from '../identity/index.ts'
import type { Life } from './life.ts'
import { sweepSource } from './sweep.ts'

/** What a sweep leaves for the next. */
interface Told {
  /** Of tokens that were told of, and are kept. */
  ids: ReadonlySet<string>
  readonly kept: Gauge
}

/**
 * Takes back what nobody waits for any more: the token of a claim that lost its finalizer by somebody's hand, say, or one that a
 * request made which was still under way when its attempt was over.
 *
 * Dies before or in between: they are found the next time. After a deletion, or with its answer lost: that token is gone.
 */
const sweepTokens = async ({ context, controller, garbage }: Life, told: Told): Promise<void> => {
  const { client, signal } = context
  const stray: string[] = []
  for (const token of await allTokens(client, signal)) {
    if (whyStray(token, context.store(Nodes).get({ name: token.nodeName }), controller) === undefined) continue
    // The store may not have heard of the claim yet, and what is read now is not older than the token.
    const why = whyStray(token, await client.get(Nodes, { name: token.nodeName }, signal), controller)
    if (why === undefined) continue
    stray.push(token.id)
    if (garbage === 'report') {
      if (!told.ids.has(token.id))
        context.log('warn', 'a bootstrap token that nobody waits for is kept', { token: token.id, node: token.nodeName, why })
      continue
    }
    await removeToken(client, token, signal)
    context.log('info', 'deleted a bootstrap token that nobody waits for', { token: token.id, node: token.nodeName, why })
    context.metrics
      .counter('kube_node_stray_tokens_deleted_total', 'Bootstrap tokens that were deleted because nobody waited for their machines')
      .add(1)
  }
  told.ids = new Set(stray)
  told.kept.set(garbage === 'report' ? stray.length : 0)
}

export const strayTokenSource = (life: () => Life | undefined, everyMs: number): Source => ({
  async run(context) {
    const kept = context.metrics.gauge('kube_node_stray_tokens', 'Bootstrap tokens that nobody waits for, and that are kept')
    using _untold = { [Symbol.dispose]: () => kept.set(0) }
    const told: Told = { ids: new Set(), kept }
    const sweep = (current: Life): Promise<void> => sweepTokens(current, told)
    await sweepSource(life, everyMs, 'looking for bootstrap tokens that nobody waits for', () => sweep).run(context)
  },
})
