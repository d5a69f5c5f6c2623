import { expect, test } from 'vitest'
import type { Ask, Client, Reply } from './client.ts'
import { judge } from './judge.ts'
import type { Side } from './run.ts'
import type { Script } from './script.ts'
import type { Sides } from './sides.ts'
import { Unanswered } from './unanswered.ts'

const script: Script = {
  steps: [
    { do: 'request', method: 'POST', resource: 'secrets', ns: 'x', body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } } },
  ],
}

const fine: Reply = { status: 200, contentType: 'application/json', warnings: [], body: { kind: 'Secret', metadata: { name: 'a' } } }

/** Two servers that find everything fine; the real one loses the answers to the first writes of secrets. */
const start = (losses: number): { readonly sides: Sides; readonly written: string[] } => {
  const written: string[] = []
  const clientOf = (ask: (request: Ask) => Reply): Client => ({
    ask: async request => ask(request),
    watch: () => Promise.reject(new Error('nobody watches')),
    close: () => undefined,
  })
  const real = clientOf(({ method, path }) => {
    if (method !== 'POST' || !path.endsWith('/secrets')) return fine
    written.push(path)
    if (written.length <= losses) throw new Unanswered(`POST ${path}`, undefined, false)
    return fine
  })
  const side = (name: Side['name'], client: Client): Side => ({ name, client, tokens: {}, cached: false })
  let scripts = 0
  const sides: Sides = {
    embedded: side(
      'embedded',
      clientOf(() => fine),
    ),
    real: side('real', real),
    nextId: () => `f${(scripts += 1)}`,
    compact: { embedded: () => Promise.resolve(), real: () => Promise.resolve() },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  return { sides, written }
}

test('A script that loses an answer is run again whole, under another prefix, and says so', async () => {
  const { sides, written } = start(2)
  expect(await judge(sides, script)).toMatchObject({ divergence: undefined, again: 2 })
  expect(written).toEqual(['f1', 'f2', 'f3'].map(id => `/api/v1/namespaces/${id}-x/secrets`))
})

test('One that loses them again and again is no agreement', async () => {
  const { sides, written } = start(3)
  await expect(judge(sides, script)).rejects.toBeInstanceOf(Unanswered)
  expect(written).toHaveLength(3)
})
