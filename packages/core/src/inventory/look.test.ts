import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Secret, Secrets } from '../api/index.ts'
import type { Client } from '../kube/index.ts'
import { type ConnectContext, type Machine, ProviderError, defineProvider } from '../provider/index.ts'
import { manualRuntime } from '../runtime/index.ts'
import { listMachines } from './look.ts'

const machine: Machine = { id: 'm', providerID: 'test://m', state: 'running', createdAt: '2026-01-01T00:00:00Z' }

type Context = ConnectContext<{ region: string }, 'region', { token: string }>

/** A provider of which each test says what its list does. */
const look = async (list: (context: Context) => Promise<readonly Machine[]>, secret: Secret | undefined): Promise<unknown> => {
  let closed = 0
  const provider = defineProvider({
    name: 'test',
    config: z.object({ region: z.string() }),
    credentials: z.object({ token: z.string() }),
    connection: ['region'],
    idempotency: 'token',
    bootstrap: 'none',
    consistencyWindow: '10s',
    connect: context => ({
      create: () => Promise.reject(new Error('created')),
      delete: () => Promise.reject(new Error('deleted')),
      list: async function* () {
        yield { items: await list(context) }
      },
      async [Symbol.asyncDispose]() {
        closed += 1
      },
    }),
  })
  if (provider.kind !== 'machines') throw new Error('it makes machines')
  // Only what looking needs: any other call is a defect, and a TypeError.
  const client = { get: async (resource: unknown) => (resource === Secrets ? secret : undefined) } as unknown as Client
  try {
    return await listMachines({
      provider,
      client,
      reference: { config: { region: 'here' }, secret: { namespace: 'n', name: 's' } },
      cluster: 'c',
      namespace: 'n',
      runtime: manualRuntime(),
      log: () => undefined,
      signal: new AbortController().signal,
    })
  } finally {
    expect(closed, 'the connection is closed').toBe(secret === undefined ? 0 : 1)
  }
}

const credentials = (token: string): Secret => ({
  metadata: { namespace: 'n', name: 's', uid: 'u', resourceVersion: '1' },
  data: { token: Buffer.from(token).toString('base64') },
})

describe('who only looks', () => {
  it("lists the connection's machines with its credentials", async () => {
    const seen: unknown[] = []
    const listed = await look(async ({ config, credentials: { token }, cluster }) => {
      seen.push(config, token, cluster)
      return [machine]
    }, credentials('hunter2'))
    expect(listed).toEqual({ machines: [machine], missing: [] })
    expect(seen).toEqual([{ region: 'here' }, 'hunter2', 'c'])
  })

  it('can store and remove nothing', async () => {
    const refused = 'nothing may be changed by who only looks'
    const call = { signal: new AbortController().signal, deadline: 0, clock: manualRuntime().clock, log: () => undefined }
    await look(async ({ store }) => {
      await expect(store.put('k', new Uint8Array(), { version: 'absent' }, call)).rejects.toThrow(refused)
      await expect(store.remove('k', { version: '1' }, call)).rejects.toThrow(refused)
      expect((await store.get('k', call))?.version, 'it reads').toBe('1')
      return []
    }, credentials('hunter2'))
  })

  it('hears what is wrong in words without secrets', async () => {
    await expect(look(async () => [], undefined)).rejects.toThrow('Secret n/s does not exist')
    const failing = look(async () => {
      throw new ProviderError('Unauthorized', 'hunter2 is not known')
    }, credentials('hunter2'))
    await expect(failing).rejects.toThrow(/^(?!.*hunter2).*is not known/)
    const troubled = { ...machine, problem: 'it did not take hunter2' }
    const told = { ...machine, problem: 'it did not take [redacted]' }
    expect(await look(async () => [troubled], credentials('hunter2'))).toEqual({ machines: [told], missing: [] })
  })
})
