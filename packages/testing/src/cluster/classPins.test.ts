import {
  Events,
  type NodeClass,
  NodeClasses,
  type NodeClassStatus,
  NodeSets,
  Nodes,
  Secrets,
  findCondition,
  labels,
} from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { ProviderError } from '@kube-node/core/provider'
import { afterEach, describe, expect, it } from 'vitest'
import type { TestCluster } from './index.ts'
import { type Meaning, type Stage, createStage, newest } from './pins.fixture.ts'

let cluster: TestCluster
let stage: Stage
afterEach(() => cluster[Symbol.asyncDispose]())

const open = async (meaning?: Meaning): Promise<void> => {
  stage = await createStage(meaning)
  cluster = stage.cluster
}

const nodeClass = async (name = 'small'): Promise<NodeClass | undefined> => cluster.client.get(NodeClasses, { name })
const status = async (): Promise<NodeClassStatus> => (await nodeClass())?.status ?? {}
/** `image: debian-13.1`, of one field. */
const shown = async (): Promise<string> => (await status()).resolved?.map(({ field, value }) => `${field}: ${value}`).join(', ') ?? ''
const ready = async (name = 'small'): Promise<string> => {
  const { status: is, reason, message } = findCondition((await nodeClass(name))?.status?.conditions, 'Ready') ?? {}
  return `${is} ${reason}: ${message}`
}
const shows = (expected: string): Promise<unknown> => cluster.until(`the class shows ${expected}`, async () => (await shown()) === expected)
const version = async (): Promise<string | undefined> => (await nodeClass())?.metadata?.resourceVersion
const edit = async (spec: { readonly [field: string]: { readonly [key: string]: string } }): Promise<void> => {
  await cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec } }))
}
const claim = (name: string): Promise<unknown> =>
  cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: 'small' } } })
/** Nobody asks within half a minute of another. */
const later = (): Promise<void> => cluster.runtime.advance(40_000)

describe('the status of a class shows what floats in its config', () => {
  it('as it is when the class is made, and the default of a field too', async () => {
    await open()
    stage.start()
    await shows('image: debian-13.1')
    expect(await status()).toMatchObject({ observedGeneration: 1, nodes: 0, resolved: [{ field: 'image', value: 'debian-13.1' }] })
    expect(await ready()).toMatch(/^True/)
  })

  it('as it is when nodes come and go: as the new node has it', async () => {
    await open()
    stage.start()
    await shows('image: debian-13.1')
    await later()
    await claim('a')
    await shows('image: debian-13.2')
    expect(stage.sent.map(({ config }) => config['image'])).toEqual(['debian-13.2'])
    await later()
    const uid = (await cluster.client.get(Nodes, { name: 'a' }))?.metadata?.uid ?? ''
    await cluster.lasting(cluster.client.delete(Nodes, { name: 'a' }, { uid }))
    await shows('image: debian-13.3')
    expect((await status()).nodes).toBe(0)
  })

  it('as it is when the class is edited; and nothing any more where it says all', async () => {
    await open()
    stage.start()
    await shows('image: debian-13.1')
    await edit({ config: { instanceType: 'big' } })
    await shows('image: debian-13.2')
    await edit({ config: { image: 'debian-12' } })
    await cluster.until('the edited class was looked at', async () => (await status()).observedGeneration === 3)
    expect(await status()).not.toHaveProperty('resolved')
  })

  it('and writes and asks nothing while nothing happens, though the image moves: neither this life nor the next', async () => {
    await open()
    const first = stage.start()
    await claim('a')
    await cluster.until('it counts', async () => (await status()).nodes === 1)
    await later()
    const [before, asked] = [await version(), stage.resolved()]
    await cluster.runtime.advance(3_600_000)
    await first.stop()
    stage.start()
    await cluster.runtime.advance(3_600_000)
    expect([await version(), stage.resolved()]).toEqual([before, asked])
  })

  it.each([
    ['InvalidConfig', 'False'],
    ['Unavailable', 'Unknown'],
  ] as const)('as it was last while the provider says %s, and why; and the new one when it can tell', async (code, is) => {
    let refuses = false
    await open((config, asked) => {
      if (refuses) throw new ProviderError(code, `no image is there (request ${asked})`)
      return newest(config, asked)
    })
    stage.start()
    await shows('image: debian-13.1')
    await later()
    refuses = true
    await edit({ config: { instanceType: 'big' } })
    await cluster.until('the class says why', async () =>
      (await ready()).startsWith(`${is} ConfigUnresolved: provider simulated can't say what the config means: ${code}: no image`),
    )
    const asked = stage.resolved()
    await cluster.runtime.advance(300_000)
    expect(stage.resolved() - asked).toBeLessThanOrEqual(10)
    expect(await shown()).toBe('image: debian-13.1')
    refuses = false
    await cluster.until('the class is ready', async () => (await ready()).startsWith('True'))
    expect(await shown()).toBe(`image: debian-13.${stage.resolved()}`)
    expect((await listAll(cluster.client, Events)).map(({ reason }) => reason)).toContain('ConfigUnresolved')
  })

  it('and a set that names what its class leaves open is not held up by a class that means nothing', async () => {
    await open(config => {
      if (config['image'] === 'debian-13') throw new ProviderError('InvalidConfig', 'no image is there')
      return config
    })
    stage.start()
    await cluster.until('the class says why', async () => (await ready()).startsWith('False ConfigUnresolved'))
    await cluster.create(NodeSets, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeSet',
      metadata: { name: 'workers' },
      spec: { replicas: 2, nodeClassName: 'small', template: { config: { image: 'debian-12' } } },
    })
    await cluster.until('two machines were asked for', () => stage.sent.length === 2)
    expect(stage.sent.map(({ config }) => config['image'])).toEqual(['debian-12', 'debian-12'])
  })

  it('and a provider that does not answer holds up no other class', async () => {
    await open((config, asked) => (config['instanceType'] === 'slow' ? new Promise(() => {}) : newest(config, asked)))
    await cluster.create(NodeClasses, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeClass',
      metadata: { name: 'a-slow-one' },
      spec: { provider: 'simulated', config: { region: 'r1', instanceType: 'slow' } },
    })
    stage.start()
    await cluster.until('the other is shown', async () => (await shown()) === 'image: debian-13.2', 10_000)
    expect((await nodeClass('a-slow-one'))?.status).toBeUndefined()
    await cluster.until('it says so', async () => (await ready('a-slow-one')).includes('Unavailable'))
  })

  it('and no secret, whatever the provider answers', async () => {
    const token = 'line-1\nline-"2"'
    let refuses = false
    await open(config => {
      if (refuses) throw new ProviderError('InvalidConfig', `not with ${token}`)
      return { ...config, image: `https://images/?token=${token}` }
    })
    const secretRef = { namespace: 'kube-node-system', name: 'cloud' }
    const data = { token: Buffer.from(token).toString('base64') }
    await cluster.create(Secrets, { apiVersion: 'v1', kind: 'Secret', metadata: secretRef, data })
    await edit({ secretRef })
    stage.start()
    await shows('image: https://images/?token=[redacted]')
    refuses = true
    await edit({ config: { instanceType: 'big' } })
    await cluster.until('the class says why', async () => (await ready()).endsWith('not with [redacted]'))
    expect(JSON.stringify(await nodeClass())).not.toContain('line-')
  })
})
