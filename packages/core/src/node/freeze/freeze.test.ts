import { expect, it } from 'vitest'
import type { ConfigMap } from '../../api/index.ts'
import type { ManagerContext } from '../../engine/index.ts'
import { type Client, TransportError } from '../../kube/index.ts'
import { manualRuntime } from '../../runtime/index.ts'
import { createFreeze } from './freeze.ts'

const frozen: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kube-node-freeze', namespace: 'n', resourceVersion: '7' },
  data: { state: 'frozen', since: '2026-01-01T00:00:00Z', why: 'it was restored' },
}

it('holds while what was written of it is gone, with another restore, and is written again, however often that fails', async () => {
  let there: ConfigMap | undefined = frozen
  const writes: PromiseWithResolvers<ConfigMap>[] = []
  const create = (): Promise<ConfigMap> => {
    const write = Promise.withResolvers<ConfigMap>()
    writes.push(write)
    return write.promise
  }
  // Of client and context, what is asked of them here; the casts leave the rest out.
  const client = { get: async () => there, create } as unknown as Client
  const context = { client, runtime: manualRuntime(), signal: new AbortController().signal } as unknown as ManagerContext
  const freeze = createFreeze(context, 'n', 'kube-node.dev/default')
  await freeze.look()
  expect(freeze.why).toBe('it was restored')
  there = undefined
  const failing = freeze.look()
  await context.runtime.yield('so that it is asked')
  expect(freeze.why).toBe('it was restored')
  await expect.poll(() => writes.length).toBe(1)
  writes[0]?.reject(new TransportError('no answer', { cause: undefined }))
  await expect(failing).rejects.toThrow('no answer')
  expect(freeze.why).toBe('it was restored')
  const again = freeze.look()
  await expect.poll(() => writes.length).toBe(2)
  writes[1]?.resolve(frozen)
  await again
  expect(freeze.why).toBe('it was restored')
})
