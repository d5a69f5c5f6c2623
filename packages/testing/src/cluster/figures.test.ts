import { createKubeNode } from '@kube-node/core'
import { Namespaces, NodeClasses, Nodes, Secrets, annotations, defaultController, findCondition, labels } from '@kube-node/core/api'
import type { MachineProvider } from '@kube-node/core/provider'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestCluster, createTestCluster } from './index.ts'

let cluster: TestCluster
/** The UID of kube-system. */
let uid: string
beforeEach(async () => {
  cluster = await createTestCluster({ cloud: { tokens: { 'token-of-a': 'account-a', 'token-of-b': 'account-b' } } })
  uid = (await cluster.lasting(cluster.client.get(Namespaces, { name: 'kube-system' })))?.metadata?.uid ?? ''
})
afterEach(() => cluster[Symbol.asyncDispose]())

const entries = (token: string): Record<string, string> => ({ token: Buffer.from(token).toString('base64') })
const secretOf = (region: string) => ({ namespace: 'kube-node-system', name: `cloud-${region}` })

/** Of one provider, in two regions: two connections, opened in this order. */
const regions = ['r1', 'r2'] as const
const classes = async (): Promise<void> => {
  for (const region of regions) {
    await cluster.create(Secrets, { apiVersion: 'v1', kind: 'Secret', metadata: secretOf(region), data: entries('token-of-a') })
    await cluster.create(NodeClasses, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeClass',
      metadata: { name: `in-${region}` },
      spec: { provider: 'simulated', config: { region }, secretRef: secretOf(region) },
    })
  }
}
const rotate = (region: string, token: string): Promise<unknown> =>
  cluster.lasting(cluster.client.patch(Secrets, secretOf(region), { merge: { data: entries(token) } }))

/** Machines of ours whose Nodes are gone. */
const lose = (region: string, ...names: readonly string[]): void => {
  for (const nodeName of names) {
    const owner = { cluster: uid, controller: defaultController, claim: `uid-${nodeName}`, nodeName, attempt: 1 }
    cluster.cloud.createForeign({ account: 'account-a', region, owner })
  }
}

interface Started {
  stop(): Promise<void>
  /** The figure of the one provider; undefined where it is not told. */
  metric(name: string): Promise<string | undefined>
  becomes(name: string, value: string): Promise<unknown>
}
const start = (options: { garbage?: 'delete' | 'report' } = {}, provider: MachineProvider = cluster.cloud.provider()): Started => {
  const kubeNode = createKubeNode({
    cluster: cluster.transport(),
    runtime: cluster.runtime,
    log: () => {},
    providers: [provider],
    ...options,
  })
  const running = cluster.start(kubeNode)
  const metric: Started['metric'] = async name =>
    new RegExp(`^${name}{provider="simulated"} (\\S+)$`, 'm').exec((await kubeNode.handle('/metrics')).body)?.[1]
  return {
    stop: () => running.stop(),
    metric,
    becomes: (name, value) => cluster.until(`${name} is ${value}`, async () => (await metric(name)) === value, 120_000),
  }
}

describe('orphans of a provider with several connections', () => {
  it('are counted together, also the same one that two connections show', async () => {
    lose('r1', 'a', 'b')
    lose('r2', 'c')
    await classes()
    const { becomes, metric } = start({ garbage: 'report' })
    await becomes('kube_node_orphans', '3')
    // The credentials of the other class open the same account and region: a second connection to the machine of c.
    await cluster.create(NodeClasses, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeClass',
      metadata: { name: 'again-in-r2' },
      spec: { provider: 'simulated', config: { region: 'r2' }, secretRef: secretOf('r1') },
    })
    await cluster.runtime.advance(300_000)
    expect(await metric('kube_node_orphans')).toBe('3')
    expect(await metric('kube_node_orphan_deletion_frozen')).toBe('0')
  })

  it.each(regions)('are counted while they are too many to be deleted, in %s alone', async region => {
    lose(region, 'a', 'b', 'c', 'd')
    await classes()
    const { metric, becomes } = start()
    await becomes('kube_node_orphan_deletion_frozen', '1')
    await becomes('kube_node_orphans', '4')
    await cluster.runtime.advance(300_000)
    expect(await metric('kube_node_orphan_deletion_frozen')).toBe('1')
    expect(await metric('kube_node_orphans')).toBe('4')
    expect(await metric('kube_node_orphans_deleted_total')).toBeUndefined()
  })

  it('are counted when they are deleted, and then no longer', async () => {
    lose('r1', 'a', 'b')
    lose('r2', 'c')
    await classes()
    const { becomes, metric } = start()
    await becomes('kube_node_orphans_deleted_total', '3')
    await becomes('kube_node_orphans', '0')
    expect(await metric('kube_node_orphan_deletion_frozen')).toBe('0')
  })

  it('of a connection that is closed, or of a life that is over, are not counted', async () => {
    lose('r1', 'a', 'b', 'c')
    lose('r2', 'd')
    await classes()
    const { becomes, metric, stop } = start({ garbage: 'report' })
    await becomes('kube_node_orphans', '4')
    await rotate('r1', 'token-of-b')
    await becomes('kube_node_orphans', '1')
    expect(await metric('kube_node_orphan_deletion_frozen')).toBe('0')
    await stop()
    expect(await metric('kube_node_orphans')).toBe('0')
  })
})

describe('announcements of a provider with several connections', () => {
  /** Those of these regions can't be read; of others nothing is announced but that some unknown machine is another. */
  const deaf = new Set<string>()
  const announcing = (provider: MachineProvider): MachineProvider => ({
    ...provider,
    definition: {
      ...provider.definition,
      connect: context => ({
        ...provider.definition.connect(context),
        async *interruptions({ clock, signal }) {
          for (;;) {
            await clock.sleep(1_000, signal)
            if (deaf.has(String(context.config['region']))) throw new Error('the queue does not exist')
            yield { id: 'i-nobody', reason: 'a change', kind: 'change' as const }
          }
        },
      }),
    },
  })
  const unheard = 'kube_node_interruptions_unheard'

  it.each(regions)('are unheard while those of %s are', async region => {
    deaf.clear()
    deaf.add(region)
    await classes()
    const { metric, becomes } = start({}, announcing(cluster.cloud.provider()))
    await becomes(unheard, '1')
    for (let seconds = 0; seconds < 30; seconds++) {
      await cluster.runtime.advance(1_000)
      expect(await metric(unheard), `after ${seconds} s`).toBe('1')
    }
    deaf.clear()
    await becomes(unheard, '0')
  })

  it('are no longer unheard when the connection that could not hear is closed, or the life is over', async () => {
    deaf.clear()
    deaf.add('r1')
    await classes()
    const { metric, becomes, stop } = start({}, announcing(cluster.cloud.provider()))
    await becomes(unheard, '1')
    // Credentials that open nothing: no connection of r1 takes its place.
    await rotate('r1', 'token-of-nobody')
    await becomes(unheard, '0')
    deaf.add('r2')
    await becomes(unheard, '1')
    await stop()
    expect(await metric(unheard)).toBe('0')
  })
})

describe('machines of Nodes that are missing', () => {
  const claim = async (name: string, region: string): Promise<string> => {
    await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: `in-${region}` } } })
    const runs = async () => (await cluster.client.get(Nodes, { name }))?.metadata?.annotations?.[annotations.phase] === 'Running'
    await cluster.until(`${name} runs`, runs)
    return cluster.cloud.machines().find(({ owner }) => owner?.nodeName === name)?.id ?? ''
  }
  const why = async (name: string): Promise<string | undefined> =>
    findCondition((await cluster.client.get(Nodes, { name }))?.status?.conditions, 'MachineProvisioned')?.reason
  const frozen = 'kube_node_machine_loss_frozen'
  const missing = 'kube_node_machines_missing'

  it('are counted when their Nodes end with them, in every region', async () => {
    await classes()
    const { metric, becomes } = start()
    for (const region of regions) cluster.cloud.kill(await claim(`of-${region}`, region))
    await becomes('kube_node_machines_lost_total', '2')
    await cluster.until('they are gone', async () => (await cluster.client.get(Nodes, { name: 'of-r2' })) === undefined)
    expect(await metric(missing)).not.toBe('1')
    expect(await metric('kube_node_machines_lost_total')).toBe('2')
  })

  it('are counted while lists are not believed, until these show them again, their Node is gone or the life is over', async () => {
    await classes()
    const { metric, becomes, stop } = start()
    for (const [name, region] of [
      ['a', 'r1'],
      ['b', 'r1'],
      ['c', 'r2'],
    ] as const)
      await claim(name, region)
    cluster.cloud.faults.emptyLists(true)
    await becomes(missing, '3')
    expect(await Promise.all(['a', 'b', 'c'].map(why))).toEqual(Array(3).fill('MachineLossFrozen'))
    expect(await metric(frozen)).toBe('1')
    // By hand, as the words of the freeze say.
    const uidOfC = (await cluster.lasting(cluster.client.get(Nodes, { name: 'c' })))?.metadata?.uid ?? ''
    await cluster.lasting(cluster.client.delete(Nodes, { name: 'c' }, { uid: uidOfC }))
    await cluster.lasting(cluster.client.patch(Nodes, { name: 'c' }, { merge: { metadata: { finalizers: null } } }))
    await becomes(missing, '2')
    cluster.cloud.faults.emptyLists(false)
    await becomes(missing, '0')
    expect(await metric(frozen)).toBe('0')
    cluster.cloud.faults.emptyLists(true)
    await becomes(missing, '2')
    await stop()
    expect([await metric(missing), await metric(frozen)]).toEqual(['0', '0'])
    expect(await metric('kube_node_machines_lost_total')).toBeUndefined()
  })
})
