import { expect, it } from 'vitest'
import { createMetrics } from '../engine/index.ts'
import { type DurableStore, type Machine, type OpaqueConfig, type Schema, defineProvider } from '../provider/index.ts'
import { manualRuntime } from '../runtime/index.ts'
import { openConnection } from './connection.ts'

const owner = { cluster: 'c', controller: 'k', claim: 'u', nodeName: 'a', attempt: 1 }
const machine: Machine = {
  id: 'm',
  providerID: 'test://m',
  owner,
  state: 'starting',
  createdAt: '2026-01-01T00:00:00Z',
  problem: 'it did not take hunter2',
}

const anything: Schema<OpaqueConfig> = {
  // Whatever the test holds is an object.
  '~standard': { version: 1, vendor: 'test', validate: value => ({ value: value as OpaqueConfig }), jsonSchema: { input: () => ({}) } },
}

it('tells no secret of what a machine has for a problem, whoever shows it', async () => {
  const runtime = manualRuntime()
  const stopping = new AbortController()
  let listed: readonly Machine[] = []
  const provider = defineProvider({
    name: 'test',
    config: anything,
    connection: [],
    idempotency: 'token',
    bootstrap: 'none',
    consistencyWindow: '10s',
    connect: () => ({
      create: async () => machine,
      delete: async () => {},
      list: async function* () {
        yield { items: listed }
      },
      async [Symbol.asyncDispose]() {},
    }),
  })
  // Nobody keeps anything here.
  const store = {} as DurableStore
  const connection = openConnection({
    provider,
    store,
    reference: { config: {} },
    credentials: {},
    secrets: ['hunter2'],
    cluster: 'c',
    context: { runtime, log: () => {}, metrics: createMetrics(), signal: stopping.signal },
    refresh: { activeMs: 2_000, idleMs: 60_000 },
    fence: () => {},
  })
  const told = { ...machine, problem: 'it did not take [redacted]' }
  const request = { token: 't', name: 'm', owner, config: {}, bootstrap: { kind: 'none' }, avoid: [] } as const
  expect(await connection.create(request)).toEqual(told)
  expect(connection.inventory.of('u')).toEqual([told])
  listed = [{ ...machine, problem: 'nor hunter2 again' }]
  await runtime.advance(60_000)
  expect(connection.inventory.of('u')).toEqual([{ ...machine, problem: 'nor [redacted] again' }])
  stopping.abort()
  await connection[Symbol.asyncDispose]()
})
