import { type Secret, Secrets } from '@kube-node/core/api'
import { type NewToken, createToken, dropToken, extendToken, newTokenId, newTokenSecret, readToken } from '@kube-node/core/identity'
import { type Client, type KubeTransport, TransportError, createClient, isConflict } from '@kube-node/core/kube'
import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from '../server/index.ts'

const runtime = manualRuntime()
const minute = 60_000

const begin = (): { readonly client: Client; readonly lossy: Client; readonly wanted: NewToken; again(): NewToken } => {
  const transport = createApiServer({ runtime }).transport()
  const { clock } = runtime
  const id = newTokenId(runtime)
  const again = (): NewToken => ({
    id,
    secret: newTokenSecret(runtime),
    claim: 'uid-1',
    nodeName: 'a',
    attempt: 1,
    document: Buffer.from(runtime.uuid()),
    expiresAt: clock.now() + 15 * minute,
    controller: 'kube-node.dev/controller',
    joins: 'kubelet',
  })
  return {
    client: createClient({ transport, clock }),
    lossy: createClient({ transport: losing(transport), clock }),
    wanted: again(),
    again,
  }
}

/** Every write takes place, and no answer to one arrives. */
const losing = (inner: KubeTransport): KubeTransport => ({
  ...inner,
  async request(request) {
    const answer = await inner.request(request)
    if (request.method === 'GET') return answer
    throw new TransportError('the connection broke', { cause: undefined })
  },
})
const key = (id: string) => ({ namespace: 'kube-system', name: `bootstrap-token-${id}` })

test('A token that was made is made once: who asks again gets the first secret and document', async () => {
  const { again, client, wanted } = begin()
  const first = await createToken(client, wanted)
  expect(first).toMatchObject({ kind: 'made', token: { id: wanted.id, secret: wanted.secret } })
  const second = await createToken(client, again())
  expect(second).toEqual({ ...first, kind: 'found' })
  expect(await readToken(client, wanted.id, wanted)).toEqual(second)
})

test('When the answer to its creation is lost, the next call finds what the first one made', async () => {
  const { again, client, lossy, wanted } = begin()
  await expect(createToken(lossy, wanted)).rejects.toThrow('the connection broke')
  expect(await createToken(client, again())).toMatchObject({ kind: 'found', token: { secret: wanted.secret } })
})

test.for<[string, Partial<NewToken>]>([
  ['another claim', { claim: 'uid-2' }],
  ['another attempt', { attempt: 2 }],
])('An id that %s has is taken, foreign, and not deleted', async ([, other]) => {
  const { client, wanted } = begin()
  await createToken(client, wanted)
  expect(await createToken(client, { ...wanted, ...other })).toEqual({ kind: 'taken' })
  expect(await readToken(client, wanted.id, { ...wanted, ...other })).toEqual({ kind: 'foreign' })
  expect(await dropToken(client, wanted.id, { ...wanted, ...other })).toBe('foreign')
  expect(await readToken(client, wanted.id, wanted)).toMatchObject({ kind: 'found' })
})

test('A Secret that somebody else made under that name is left alone', async () => {
  const { client, wanted } = begin()
  const secret: Secret = { metadata: key(wanted.id), type: 'bootstrap.kubernetes.io/token', data: {} }
  await client.create(Secrets, secret)
  expect(await createToken(client, wanted)).toEqual({ kind: 'taken' })
  expect(await dropToken(client, wanted.id, wanted)).toBe('foreign')
  expect(await client.get(Secrets, key(wanted.id))).toBeDefined()
})

test('A token lives longer when it is told to, never shorter, and not when it is gone', async () => {
  const { client, lossy, wanted } = begin()
  const { token } = await createToken(client, wanted)
  if (token === undefined) throw new Error('no token')
  const later = wanted.expiresAt + 10 * minute
  expect(await extendToken(client, token, token.expiresAt - minute)).toBe(token)
  const extended = await extendToken(client, token, later)
  expect(extended).toMatchObject({ expiresAt: later, secret: wanted.secret, document: wanted.document })
  // Read before the extension: somebody who acts on what is no longer so is told.
  await expect(extendToken(client, token, later + minute)).rejects.toSatisfy(isConflict)
  if (extended === undefined) throw new Error('no token')
  await expect(extendToken(lossy, extended, later + minute)).rejects.toThrow('the connection broke')
  expect(await readToken(client, wanted.id, wanted)).toMatchObject({ token: { expiresAt: later + minute } })
  await dropToken(client, wanted.id, wanted)
  expect(await extendToken(client, extended, later + 2 * minute)).toBeUndefined()
})

test('A token is dropped once or often, also when the answer is lost', async () => {
  const { client, lossy, wanted } = begin()
  await createToken(client, wanted)
  await expect(dropToken(lossy, wanted.id, wanted)).rejects.toThrow('the connection broke')
  expect(await dropToken(client, wanted.id, wanted)).toBe('gone')
  expect(await dropToken(client, wanted.id, wanted)).toBe('gone')
  expect(await readToken(client, wanted.id, wanted)).toEqual({ kind: 'absent' })
})

test('A token that is being deleted is no token any more, and its attempt can repeat nothing', async () => {
  const { client, wanted } = begin()
  const { token } = await createToken(client, wanted)
  await client.patch(Secrets, key(wanted.id), { merge: { metadata: { finalizers: ['example.test/held'] } } })
  await client.delete(Secrets, key(wanted.id), { uid: token?.uid ?? '' })
  expect(await readToken(client, wanted.id, wanted)).toEqual({ kind: 'absent' })
  expect(await createToken(client, wanted)).toEqual({ kind: 'lost' })
})

test('Of two that make it at once, one makes it and both use it', async () => {
  const { again, client, wanted } = begin()
  const both = await Promise.all([createToken(client, wanted), createToken(client, again())])
  expect(both.map(({ kind }) => kind).sort()).toEqual(['found', 'made'])
  expect(both[0].token?.secret).toBe(both[1].token?.secret)
})
