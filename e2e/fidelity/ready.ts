import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from './client.ts'
import { isFields, spell } from './memory.ts'

/**
 * Asks until the cache of the kind is ready, as long as there is time. kube-apiserver builds it anew after a change of the kind's
 * definition, and refuses lists and watches meanwhile, saying when to come again (k8s.io/apiserver, storage/cacher); clients obey that by
 * themselves. No other refusal is taken for this one.
 */
export const whenReady = async <T>(limitMs: number, ask: () => Promise<T>, replyIn: (asked: T) => Reply | undefined): Promise<T> => {
  const until = performance.now() + limitMs
  for (;;) {
    const asked = await ask()
    const pauseMs = pauseOf(replyIn(asked))
    if (pauseMs === undefined || performance.now() + pauseMs > until) return asked
    await sleep(pauseMs)
  }
}

const pauseOf = (reply: Reply | undefined): number | undefined => {
  if (reply?.status !== 429 || reply.retryAfterSeconds === undefined || !isFields(reply.body)) return undefined
  return spell(reply.body['message'] ?? '').startsWith('storage is (re)initializing') ? reply.retryAfterSeconds * 1_000 : undefined
}
