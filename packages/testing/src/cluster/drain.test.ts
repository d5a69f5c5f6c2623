import { createKubeNode } from '@kube-node/core'
import {
  type Condition,
  DaemonSets,
  type Node,
  NodeClasses,
  Nodes,
  PersistentVolumeClaims,
  type Pod,
  type PodDisruptionBudget,
  PodDisruptionBudgets,
  Pods,
  type VolumeAttachment,
  VolumeAttachments,
  annotations,
  finalizers,
  findCondition,
  labels,
  nameOf,
  taints,
} from '@kube-node/core/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { simulatedNodeLifecycle, simulatedOutOfService } from '../cloud/index.ts'
import type { Fault } from '../server/index.ts'
import { type TestCluster, createTestCluster } from './index.ts'

const small = (timeouts: object = {}) => ({
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'simulated', config: { region: 'r1' }, timeouts },
})
const claim: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } }
const pod = (name: string, more: Partial<NonNullable<Pod['spec']>> = {}, notes: Record<string, string> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: name }, annotations: notes },
  spec: { nodeName: 'a', containers: [{ name: 'c', image: 'i' }], ...more },
})
const budget = (app: string, minAvailable: number): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: app, namespace: 'default' },
  spec: { minAvailable, selector: { matchLabels: { app } } },
})
const attachment = (name: string): VolumeAttachment => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'VolumeAttachment',
  metadata: { name },
  spec: { attacher: 'csi.example.org', nodeName: 'a', source: { persistentVolumeName: `pv-${name}` } },
})

const template = { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
const bound = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeName: 'pv-logs' }

let cluster: TestCluster
const begun = async (fault?: Fault): Promise<void> => {
  cluster = await createTestCluster()
  const { runtime, server } = cluster
  if (fault) server.faults.add(fault)
  const lifecycle = simulatedNodeLifecycle({ transport: server.transport(), runtime })
  const collector = simulatedOutOfService({ transport: server.transport(), runtime })
  cluster.start({ run: ({ signal }) => lifecycle.run(signal) })
  cluster.start({ run: ({ signal }) => collector.run(signal) })
  cluster.start(createKubeNode({ cluster: cluster.transport(), runtime, log: () => {}, providers: [cluster.cloud.provider()] }))
}
beforeEach(() => begun())
afterEach(() => cluster[Symbol.asyncDispose]())

const node = async (): Promise<Node | undefined> => cluster.client.get(Nodes, { name: 'a' })
const drainedCondition = async (): Promise<Condition | undefined> => findCondition((await node())?.status?.conditions, 'Drained')
const present = async (name: string): Promise<boolean> => (await cluster.client.get(Pods, { namespace: 'default', name })) !== undefined
const runs = async (name: string): Promise<boolean> =>
  (await cluster.client.get(Pods, { namespace: 'default', name }))?.status?.phase === 'Running'
const remove = async (): Promise<void> => {
  const born = await cluster.lasting(node())
  await cluster.lasting(cluster.client.delete(Nodes, { name: 'a' }, { uid: born?.metadata?.uid ?? '' }))
}
const living = (): number => cluster.cloud.machines().filter(({ state }) => state === 'running').length

/** Node `a` runs, with these pods on it. */
const begin = async (pods: readonly Pod[], timeouts: object = {}): Promise<void> => {
  await cluster.create(NodeClasses, small(timeouts))
  await cluster.create(Nodes, claim)
  await cluster.until('a runs', async () => (await node())?.metadata?.annotations?.[annotations.phase] === 'Running')
  for (const each of pods) {
    await cluster.create(Pods, each)
    await cluster.until(`${nameOf(each)} runs`, () => runs(nameOf(each)))
  }
}

describe('the drain of a node', () => {
  it('says which budget is in its way, in the words of the API server, and goes on when it is loosened', async () => {
    await begin([pod('web')])
    await cluster.create(PodDisruptionBudgets, budget('web', 1))
    await cluster.runtime.advance(1_000)
    await remove()
    const told = await cluster.until('it says why', drainedCondition)
    expect(told).toMatchObject({ status: 'False', reason: 'EvictionRefused' })
    expect(told.message).toBe('waits for 1 pod: default/web (The disruption budget web needs 1 healthy pods and has 1 currently)')
    await cluster.runtime.advance(600_000)
    expect([await present('web'), living()]).toEqual([true, 1])
    await cluster.lasting(
      cluster.client.patch(PodDisruptionBudgets, { namespace: 'default', name: 'web' }, { merge: { spec: { minAvailable: 0 } } }),
    )
    await cluster.until('a is gone', async () => (await node()) === undefined, 60_000)
    expect(await present('web')).toBe(false)
  })

  it('takes critical pods last', async () => {
    await begin([pod('dns', { priorityClassName: 'system-cluster-critical', priority: 2_000_000_000 }), pod('web')])
    await cluster.create(PodDisruptionBudgets, budget('web', 1))
    await cluster.runtime.advance(1_000)
    await remove()
    await cluster.runtime.advance(120_000)
    expect([await runs('dns'), await runs('web')]).toEqual([true, true])
    expect((await drainedCondition())?.message).toContain('default/dns (critical: goes after the others)')
    await cluster.lasting(
      cluster.client.delete(PodDisruptionBudgets, { namespace: 'default', name: 'web' }, { uid: await uidOfBudget('web') }),
    )
    await cluster.until('a is gone', async () => (await node()) === undefined, 60_000)
  })

  it('leaves pods alone that must not be disrupted, until its time is over', async () => {
    await begin([pod('job', {}, { [annotations.doNotDisrupt]: 'true' })], { drain: '10m' })
    await remove()
    expect(await cluster.until('it says why', drainedCondition)).toMatchObject({ reason: 'DoNotDisrupt' })
    await cluster.runtime.advance(500_000)
    expect([await runs('job'), living()]).toEqual([true, 1])
    await cluster.until('its machine goes', () => living() === 0, 120_000)
    await cluster.until('a is gone', async () => (await node()) === undefined, 600_000)
  })

  it('waits until volumes are detached, and says which', async () => {
    await begin([])
    await cluster.create(VolumeAttachments, attachment('data'))
    await remove()
    const told = await cluster.until('it says why', drainedCondition)
    expect(told).toMatchObject({ reason: 'DetachingVolumes', message: 'waits for 1 volume to detach: pv-data' })
    await cluster.runtime.advance(60_000)
    expect(living()).toBe(1)
    const { metadata } = (await cluster.client.get(VolumeAttachments, { name: 'data' })) ?? {}
    await cluster.lasting(cluster.client.delete(VolumeAttachments, { name: 'data' }, { uid: metadata?.uid ?? '' }))
    await cluster.until('a is gone', async () => (await node()) === undefined, 30_000)
  })

  it('asks the API server itself for volumes, as a watch may be late', async () => {
    await cluster[Symbol.asyncDispose]()
    await begun({ match: { verb: 'watch', resource: 'volumeattachments' }, delayEvents: '30s' })
    await begin([pod('web')])
    await cluster.create(VolumeAttachments, attachment('data'))
    await remove()
    await cluster.until('web has left', async () => !(await present('web')))
    await cluster.runtime.advance(20_000)
    expect(living()).toBe(1)
    await cluster.until('it says why', async () => (await drainedCondition())?.reason === 'DetachingVolumes')
    const { metadata } = (await cluster.client.get(VolumeAttachments, { name: 'data' })) ?? {}
    await cluster.lasting(cluster.client.delete(VolumeAttachments, { name: 'data' }, { uid: metadata?.uid ?? '' }))
    await cluster.until('a is gone', async () => (await node()) === undefined, 60_000)
  })

  it('lets a machine go at the end of its time with a volume that never detaches, and its Node after as long again', async () => {
    await begin([pod('web')], { volumeDetach: '2m' })
    const data = attachment('data')
    await cluster.create(VolumeAttachments, { ...data, metadata: { name: 'data', finalizers: ['attacher.example/stuck'] } })
    const detachError = { message: 'the disk is busy' }
    const status = { merge: { status: { attached: true, detachError } } }
    await cluster.lasting(cluster.client.patch(VolumeAttachments, { name: 'data' }, status, { subresource: 'status' }))
    await remove()
    const waits = 'waits for 1 volume to detach: pv-data (the disk is busy)'
    await cluster.until('it says why', async () => (await drainedCondition())?.message === waits)
    await cluster.runtime.advance(100_000)
    expect(living()).toBe(1)
    await cluster.until('its machine goes', () => living() === 0, 30_000)
    const told = { status: 'False', reason: 'DetachTimeout', message: `the 2 min of spec.timeouts.volumeDetach are over: ${waits}` }
    expect(await drainedCondition()).toMatchObject(told)
    await cluster.until('it is out of service', async () => (await drainedCondition())?.reason === 'OutOfService', 30_000)
    await cluster.runtime.advance(100_000)
    expect((await node())?.metadata?.finalizers).toEqual([finalizers.machine])
    await cluster.until('a is gone', async () => (await node()) === undefined, 60_000)
    expect((await cluster.client.get(VolumeAttachments, { name: 'data' }))?.metadata?.deletionTimestamp).toBeDefined()
  })

  it.each([
    ['as soon as that is taken off', true],
    ['when its time is over', false],
  ])('lets a machine go with a pod that has ended and hangs on a finalizer, and its Node %s', async (_when, isTakenOff) => {
    const job = pod('job')
    await begin([{ ...job, metadata: { ...job.metadata, finalizers: ['batch.example/counted'] } }], { volumeDetach: '2m' })
    await remove()
    await cluster.until('its machine goes', () => living() === 0, 30_000)
    const held = { reason: 'OutOfService', message: 'the machine is gone; pods to be removed: default/job' }
    await cluster.until('it says why', async () => (await drainedCondition())?.reason === 'OutOfService', 30_000)
    expect(await drainedCondition()).toMatchObject(held)
    await cluster.runtime.advance(90_000)
    expect(await node()).toBeDefined()
    if (isTakenOff)
      await cluster.lasting(
        cluster.client.patch(Pods, { namespace: 'default', name: 'job' }, { merge: { metadata: { finalizers: null } } }),
      )
    await cluster.until('a is gone', async () => (await node()) === undefined, isTakenOff ? 5_000 : 60_000)
    expect(await present('job')).toBe(!isTakenOff)
  })

  it('does not wait for the volume of a pod that stays', async () => {
    await begin([])
    await cluster.create(VolumeAttachments, attachment('logs'))
    await cluster.create(PersistentVolumeClaims, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'logs', namespace: 'default' },
      spec: bound,
    })
    const daemons = await cluster.create(DaemonSets, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace: 'default' },
      spec: { selector: { matchLabels: { app: 'agent' } }, template },
    })
    const agent = pod('agent', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'logs' } }] })
    await cluster.create(Pods, {
      ...agent,
      metadata: {
        ...agent.metadata,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: daemons.metadata?.uid ?? '', controller: true }],
      },
    })
    await remove()
    await cluster.until('its machine goes', () => living() === 0, 30_000)
    expect(await cluster.client.get(VolumeAttachments, { name: 'logs' })).toBeDefined()
  })

  it('of a silent kubelet goes on when the grace period of its pods is over, and frees their names', async () => {
    await begin([pod('web')])
    await cluster.create(VolumeAttachments, attachment('data'))
    const { id = '' } = cluster.cloud.machines()[0] ?? {}
    cluster.kubelets.stop(id)
    await cluster.until('it is given up', async () => findCondition((await node())?.status?.conditions, 'Ready')?.status === 'Unknown')
    let onItsMachine = ''
    cluster.cloud.on('stopping', () => {
      onItsMachine =
        (cluster.server.store.get({ group: '', plural: 'pods' }, { namespace: 'default', name: 'web' }) as Pod | undefined)?.metadata
          ?.deletionTimestamp ?? ''
    })
    await remove()
    const told = await cluster.until('it says why', drainedCondition)
    expect(told.message).toContain('default/web')
    await cluster.until('its machine goes', () => living() === 0, 600_000)
    // It was asked to leave, nobody could say that it did, and the machine took it along.
    expect(onItsMachine).not.toBe('')
    await cluster.until('it is out of service', async () => (await node())?.spec?.taints?.some(({ key }) => key === taints.outOfService))
    await cluster.until('a is gone', async () => (await node()) === undefined, 120_000)
    expect(await present('web')).toBe(false)
    expect(await cluster.client.get(VolumeAttachments, { name: 'data' })).toBeUndefined()
  })

  it('of a machine that died is none: its pods and volumes are freed before the Node goes', async () => {
    await begin([pod('web')])
    await cluster.create(VolumeAttachments, attachment('data'))
    await cluster.create(PodDisruptionBudgets, budget('web', 1))
    cluster.cloud.kill(cluster.cloud.machines()[0]?.id ?? '')
    const told: (string | undefined)[] = []
    const isOver = async (): Promise<boolean> => {
      told.push((await drainedCondition())?.reason)
      return (await node()) === undefined
    }
    await cluster.until('a is gone', isOver, 600_000)
    expect(new Set(told)).toEqual(new Set([undefined, 'OutOfService']))
    expect(await present('web')).toBe(false)
    expect(await cluster.client.get(VolumeAttachments, { name: 'data' })).toBeUndefined()
  })
})

const uidOfBudget = async (name: string): Promise<string> =>
  (await cluster.client.get(PodDisruptionBudgets, { namespace: 'default', name }))?.metadata?.uid ?? ''
