import { type DurableStore, ProviderError } from '@kube-node/core/provider'

/** A provider's durable bytes as core keeps them, in memory: the same compare-and-swap, the same refusal. */
export const memoryStore = (): DurableStore => {
  const entries = new Map<string, { readonly bytes: Uint8Array; readonly version: string }>()
  let versions = 0

  const mustBe = (key: string, version: string): void => {
    const current = entries.get(key)?.version ?? 'absent'
    if (current !== version) throw new ProviderError('Busy', `store entry ${key} was written by somebody else: read it again`)
  }

  return {
    get: async key => entries.get(key),
    async put(key, bytes, { version }) {
      mustBe(key, version)
      const next = String(++versions)
      entries.set(key, { bytes: bytes.slice(), version: next })
      return next
    },
    async *keys() {
      yield* [...entries.keys()]
    },
    async remove(key, { version }) {
      if (!entries.has(key)) return
      mustBe(key, version)
      entries.delete(key)
    },
  }
}
