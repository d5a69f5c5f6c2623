import { linkedAbort } from '@kube-node/core/runtime'

/** Runs several things that only end when they are told to. When one fails or ends by itself, the others are told. */
export const together = async (signal: AbortSignal, parts: readonly ((signal: AbortSignal) => Promise<void>)[]): Promise<void> => {
  using link = linkedAbort(signal)
  const over = new Error('another part has ended')
  const ended = await Promise.allSettled(parts.map(part => part(link.signal).finally(() => link.abort(over))))
  const failed = ended.find(each => each.status === 'rejected')
  if (failed) throw failed.reason
}
