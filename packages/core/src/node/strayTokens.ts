import { Nodes } from '../api/index.ts'
import type { Source } from '../engine/index.ts'
import { allTokens, removeToken, whyStray } from '../identity/index.ts'
import type { Life } from './life.ts'
import { sweepSource } from './sweep.ts'

/**
 * Takes back what nobody waits for any more: the token of a claim that lost its finalizer by somebody's hand, say, or one that a
 * request made which was still under way when its attempt was over.
 *
 * Dies before or in between: they are found the next time. After a deletion, or with its answer lost: that token is gone.
 */
const sweepTokens = async ({ context, controller }: Life): Promise<void> => {
  const { client, signal } = context
  for (const token of await allTokens(client, signal)) {
    if (whyStray(token, context.store(Nodes).get({ name: token.nodeName }), controller) === undefined) continue
    // The store may not have heard of the claim yet, and what is read now is not older than the token.
    const why = whyStray(token, await client.get(Nodes, { name: token.nodeName }, signal), controller)
    if (why === undefined) continue
    await removeToken(client, token, signal)
    context.log('info', 'deleted a bootstrap token that nobody waits for', { token: token.id, node: token.nodeName, why })
    context.metrics
      .counter('kube_node_stray_tokens_deleted_total', 'Bootstrap tokens that were deleted because nobody waited for their machines')
      .add(1)
  }
}

export const strayTokenSource = (life: () => Life | undefined, everyMs: number): Source =>
  sweepSource(life, everyMs, 'looking for bootstrap tokens that nobody waits for', () => sweepTokens)
