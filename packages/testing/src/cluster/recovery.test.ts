import { Nodes, Secrets } from '@kube-node/core/api'
import { describe, expect, it } from 'vitest'
import { type KubeTransport, TransportError } from '@kube-node/core/kube'
import { mortal } from './index.ts'
import { type Recovery, createRecovery, minute } from './recovery.fixture.ts'

/** Its claim runs, its kubelet has lost its certificates, and the node lifecycle controller has noticed. */
const silent = async (stage: Recovery): Promise<void> => {
  const { cluster, ready, runs } = stage
  await cluster.until('a runs', runs)
  stage.wipe()
  await cluster.until('a is silent', async () => (await ready()) === 'Unknown')
}

const recovered = async ({ cluster, ready, tokens, why }: Recovery): Promise<void> => {
  await cluster.until('a is ready', async () => (await ready()) === 'True', 10 * minute)
  await cluster.until('its token is taken back', async () => (await tokens()).length === 0)
  await cluster.until('its trouble is over', async () => (await why()) === 'Provisioned: its machine is there')
}

/** The first write of each kind takes place once it is time, and its answer is lost. */
const losing = (inner: KubeTransport, isTime: () => boolean, lost: string[]): KubeTransport => ({
  ...inner,
  async request(request) {
    const answer = await inner.request(request)
    const [kind] = /approval|status|nodes|secrets/.exec(request.path.split('/').toReversed().join('/')) ?? []
    const what = `${request.method} ${kind}`
    if (request.method === 'GET' || kind === undefined || !isTime() || lost.includes(what)) return answer
    lost.push(what)
    throw new TransportError('the connection broke', { cause: undefined })
  },
})

describe('a machine whose kubelet has lost its certificates', () => {
  it('is let in again with a token of its own, when it has been silent for its time to join', async () => {
    await using stage = await createRecovery()
    const { cluster, delivered, node, record, runs, tokens, why } = stage
    await cluster.until('a runs', runs)
    const before = await cluster.lasting(node())
    expect([delivered.length, await cluster.lasting(tokens())]).toEqual([1, []])
    await silent(stage)
    const silentAt = cluster.runtime.clock.now()

    await cluster.until('a token of its own is made', async () => (await tokens()).length === 1, 6 * minute)
    expect(cluster.runtime.clock.now() - silentAt).toBeGreaterThan(5 * minute - 1_000)
    expect(await cluster.lasting(why())).toContain('KubeletSilent: its kubelet has been silent since ')
    expect(await cluster.lasting(record())).toMatchObject({ attempt: 1, token: expect.any(String), recovery: { number: 1 } })

    await recovered(stage)
    expect(new Set(delivered).size).toBe(2)
    const after = await cluster.lasting(record())
    expect([after?.token, after?.recovery, after?.config]).toEqual([undefined, undefined, undefined])
    expect((await cluster.lasting(node()))?.metadata?.uid).toBe(before?.metadata?.uid)
    expect(cluster.cloud.machines()).toHaveLength(1)
    expect(await cluster.lasting(stage.approvals())).toEqual(['KubeNodeFirstJoin', 'KubeNodeRejoin'])
  })

  it('is let in again under another address: its machine is the one that it was', async () => {
    await using stage = await createRecovery()
    const { cluster } = stage
    await cluster.until('a runs', stage.runs)
    await cluster.runtime.advance(15 * minute)
    await silent(stage)
    const merge = { status: { addresses: [{ type: 'InternalIP', address: '10.9.9.9' }] } }
    await cluster.lasting(cluster.client.patch(Nodes, { name: 'a' }, { merge }, { subresource: 'status' }))
    await cluster.runtime.advance(5 * minute)
    await recovered(stage)
    expect(stage.delivered).toHaveLength(2)
    expect(cluster.cloud.machines().map(({ state }) => state)).toEqual(['running'])
  })

  it('is let in by one key: another one, and whoever shows the token afterwards, is refused', async () => {
    await using stage = await createRecovery()
    const { cluster, delivered, requests, steal } = stage
    await cluster.until('a runs', stage.runs)
    const idOf = (index: number): string => delivered[index]?.split('.')[0] ?? ''
    await silent(stage)
    await cluster.until('its token is delivered', () => delivered.length === 2, 6 * minute)
    await steal('by-the-first', idOf(0))
    await cluster.until('its key is approved', async () => (await stage.approvals()).length === 2)
    await steal('by-another-key', idOf(1))
    await recovered(stage)
    await steal('too-late', idOf(1))
    await cluster.runtime.advance(2 * minute)
    const stolen = (await cluster.lasting(requests())).filter(({ metadata }) => !metadata?.name?.startsWith('csr-'))
    expect(stolen.map(({ metadata, status }) => [metadata?.name, status?.conditions, status?.certificate])).toEqual([
      ['by-another-key', undefined, undefined],
      ['by-the-first', undefined, undefined],
      ['too-late', undefined, undefined],
    ])
    expect(await cluster.lasting(stage.approvals())).toEqual(['KubeNodeFirstJoin', 'KubeNodeRejoin'])
  })

  it('is tried again after a while when it could not be reached, and starts from one when it is heard', async () => {
    await using stage = await createRecovery()
    const { cluster, delivered, record, tokens, why } = stage
    await cluster.until('a runs', stage.runs)
    stage.unreachable = true
    await silent(stage)
    await cluster.runtime.advance(5 * minute)
    await cluster.until('it says so', async () => (await why()).includes('no route to host'))
    expect(await cluster.lasting(tokens())).toHaveLength(1)
    await cluster.runtime.advance(9 * minute)
    await cluster.until('the first try is over', async () => (await why()).includes('try 1 of 3 to let it in again'))
    expect(await cluster.lasting(tokens())).toEqual([])
    stage.unreachable = false
    expect(delivered).toHaveLength(1)
    await recovered(stage)
    expect(delivered).toHaveLength(2)
    expect((await cluster.lasting(record()))?.recovery).toBeUndefined()
  })

  it('is given up after three tries, visibly, and nothing is deleted', async () => {
    await using stage = await createRecovery()
    const { cluster, node, record, tokens, why } = stage
    await cluster.until('a runs', stage.runs)
    stage.unreachable = true
    await silent(stage)
    // Silent for 5 minutes; then three tries of 10, with 5 and 10 between them.
    await cluster.runtime.advance(49 * minute)
    expect(await cluster.lasting(why())).not.toContain('ReplacementNeeded')
    await cluster.until('it is given up', async () => (await why()).startsWith('ReplacementNeeded: '), 3 * minute)
    expect(await cluster.lasting(why())).toMatch(/its machine must be replaced\. Delete this Node, and create it again$/)
    stage.unreachable = false
    await cluster.runtime.advance(60 * minute)
    expect(await cluster.lasting(tokens())).toEqual([])
    expect(stage.delivered).toHaveLength(1)
    expect((await cluster.lasting(record()))?.recovery?.number).toBe(3)
    expect((await cluster.lasting(node()))?.metadata?.deletionTimestamp).toBeUndefined()
    expect(cluster.cloud.machines().map(({ state }) => state)).toEqual(['running'])
  }, 30_000)

  it('leaves no token when its claim is deleted meanwhile', async () => {
    await using stage = await createRecovery()
    const { cluster, node, tokens } = stage
    await cluster.until('a runs', stage.runs)
    stage.unreachable = true
    await silent(stage)
    await cluster.runtime.advance(5 * minute)
    await cluster.until('a token is made', async () => (await tokens()).length === 1)
    await cluster.lasting(cluster.client.delete(Nodes, { name: 'a' }, { uid: (await cluster.lasting(node()))?.metadata?.uid ?? '' }))
    await cluster.until('a is gone', async () => (await node()) === undefined)
    expect(await cluster.lasting(tokens())).toEqual([])
  })
})

describe('a recovery', () => {
  it('goes on when the answer to every one of its writes is lost', async () => {
    const lost: string[] = []
    let isTime = false
    await using stage = await createRecovery({ seen: transport => losing(transport, () => isTime, lost) })
    await silent(stage)
    isTime = true
    await stage.cluster.runtime.advance(5 * minute)
    await recovered(stage)
    expect(lost).toEqual(['PATCH status', 'POST secrets', 'PATCH secrets', 'PUT approval', 'DELETE secrets', 'PATCH nodes'])
    expect(new Set(stage.delivered).size).toBe(2)
    expect(await stage.cluster.lasting(stage.approvals())).toEqual(['KubeNodeFirstJoin', 'KubeNodeRejoin'])
  })

  it('whose token somebody has deleted is over for the next life: that token may have been traded', async () => {
    const first = mortal()
    await using stage = await createRecovery({ life: first })
    const { cluster, tokens, why } = stage
    await cluster.until('a runs', stage.runs)
    stage.unreachable = true
    await silent(stage)
    await cluster.runtime.advance(5 * minute)
    const [name = ''] = await cluster.until('a token is made', async () => ((await tokens()).length === 1 ? tokens() : undefined))
    first.kill()
    const secret = await cluster.lasting(cluster.client.get(Secrets, { namespace: 'kube-system', name }))
    await cluster.lasting(cluster.client.delete(Secrets, { namespace: 'kube-system', name }, { uid: secret?.metadata?.uid ?? '' }))
    stage.unreachable = false
    stage.begin()
    await cluster.until('the try is over', async () => (await why()).includes('try 1 of 3 to let it in again'))
    expect([await cluster.lasting(tokens()), stage.delivered.length]).toEqual([[], 1])
    await cluster.runtime.advance(15 * minute)
    await recovered(stage)
    expect(stage.delivered).toHaveLength(2)
  })
})

describe('a kubelet that is silent for another reason', () => {
  it('and comes back with its certificate ends its recovery: its token lets nobody in, and is taken back', async () => {
    await using stage = await createRecovery()
    const { cluster, ready, record, steal, tokens } = stage
    await cluster.until('a runs', stage.runs)
    const { id } = stage.machine()
    stage.unreachable = true
    cluster.kubelets.stop(id)
    await cluster.runtime.advance(5 * minute)
    await cluster.until('a token is made', async () => (await tokens()).length === 1)
    const token = (await cluster.lasting(record()))?.token ?? ''
    cluster.kubelets.start(id)
    await cluster.until('a is ready', async () => (await ready()) === 'True')
    await steal('stolen', token)
    await recovered(stage)
    await cluster.runtime.advance(2 * minute)
    expect((await cluster.lasting(record()))?.recovery).toBeUndefined()
    expect(await cluster.lasting(stage.approvals())).toEqual(['KubeNodeFirstJoin'])
  })

  it('gets no token when it is back in time', async () => {
    await using stage = await createRecovery()
    const { cluster, ready, runs } = stage
    await cluster.until('a runs', runs)
    const { id } = stage.machine()
    cluster.kubelets.stop(id)
    await cluster.until('a is silent', async () => (await ready()) === 'Unknown')
    await cluster.runtime.advance(4 * minute)
    cluster.kubelets.start(id)
    await cluster.until('a is ready', async () => (await ready()) === 'True')
    await cluster.runtime.advance(10 * minute)
    expect(stage.delivered).toHaveLength(1)
    expect(await cluster.lasting(stage.why())).toBe('Provisioned: its machine is there')
  })
})
