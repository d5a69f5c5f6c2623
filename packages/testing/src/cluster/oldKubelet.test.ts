import { createKubeNode } from '@kube-node/core'
import {
  type BootstrapSpec,
  CertificateSigningRequests,
  type Node,
  NodeClasses,
  Nodes,
  Secrets,
  annotations,
  conditionTime,
  findCondition,
  labels,
} from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Running, type TestCluster, createTestCluster } from './index.ts'
import { askWithToken, certificateOf, newKeys } from './kubelet.fixture.ts'

/** A kubelet whose machine was called `a` before this claim was: its certificate is still good, and it posts. */
let cluster: TestCluster
let controller: Running
beforeEach(async () => {
  // What posts is what a story lets post.
  cluster = await createTestCluster({ kubelets: { hostname: () => undefined } })
})
afterEach(() => cluster[Symbol.asyncDispose]())

const start = (certificates = true): void => {
  const { runtime, cloud, server } = cluster
  const join = { server: 'https://10.0.0.1:6443', ca: server.certificateAuthority() }
  const options = { runtime, log: () => {}, providers: [cloud.provider()], join, certificates }
  controller = cluster.start(createKubeNode({ cluster: cluster.transport(), ...options }))
}
const begin = async (bootstrap: BootstrapSpec, certificates?: boolean): Promise<void> => {
  start(certificates)
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' }, bootstrap },
  })
  await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } })
}
const node = async (): Promise<Node | undefined> => cluster.client.get(Nodes, { name: 'a' })
const runs = async (): Promise<boolean> => (await node())?.metadata?.annotations?.[annotations.phase] === 'Running'
const reason = async (): Promise<string | undefined> => findCondition((await node())?.status?.conditions, 'MachineProvisioned')?.reason
const post = async (address: string): Promise<void> => {
  const now = conditionTime(cluster.runtime.clock.now())
  const status = {
    nodeInfo: { kubeletVersion: 'v1.37.2', bootID: address },
    addresses: [{ type: 'InternalIP', address }],
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: now, lastTransitionTime: now }],
  }
  await cluster.lasting(cluster.client.patch(Nodes, { name: 'a' }, { strategic: { status } }, { subresource: 'status' }))
}
const oldKubelet = (): Promise<void> => post('192.168.0.7')
const tokenId = async (): Promise<string> => {
  const [secret] = await listAll(cluster.client, Secrets, { namespace: 'kube-system', labels: 'kube-node.dev/bootstrap-token' })
  return Buffer.from(secret?.data?.['token-id'] ?? '', 'base64').toString()
}
const machines = (): readonly string[] => cluster.cloud.machines().map(({ id }) => id)

describe('a kubelet of an older machine of the same name', () => {
  it('is not taken for the one of the claim, whose own machine joins', async () => {
    await begin({ type: 'kubelet' })
    await cluster.until('its machine is there', () => machines().length === 1)
    await oldKubelet()
    await cluster.until('it is said', async () => (await reason()) === 'NameInUse')
    await cluster.runtime.advance(60_000)
    expect([await cluster.lasting(runs()), (await cluster.lasting(node()))?.spec?.providerID]).toEqual([false, undefined])

    const id = await cluster.lasting(tokenId())
    await askWithToken(cluster, 'first', newKeys(), {}, id)
    await cluster.until('its own machine is let in', () => certificateOf(cluster, 'first'))
    await cluster.until('it runs', runs)
    expect((await cluster.lasting(node()))?.spec?.providerID).toContain(machines()[0])
    // Its token is for nobody else.
    await askWithToken(cluster, 'second', newKeys(), {}, id)
    await cluster.runtime.advance(60_000)
    expect(await cluster.lasting(certificateOf(cluster, 'second'))).toBeUndefined()
  })

  it('is none where the provider says that the machine is at the address from which it posts', async () => {
    await begin({ type: 'kubelet' })
    await cluster.until('its machine runs', () => cluster.cloud.machines()[0]?.state === 'running')
    await post(cluster.cloud.machines()[0]?.address ?? '')
    await cluster.until('it runs', runs)
    expect(cluster.cloud.calls.create).toBe(1)
  })

  it('does not let its machine be deleted when the time to join is over: nobody knows for certain', async () => {
    await begin({ type: 'kubelet' })
    await cluster.until('its machine is there', () => machines().length === 1)
    await oldKubelet()
    await controller.stop()
    start()
    await cluster.runtime.advance(1_500_000)
    expect([await cluster.lasting(reason()), cluster.cloud.calls.delete, machines().length]).toEqual(['NameInUse', 0, 1])
    // A person knows.
    const secret = { namespace: 'kube-system', name: `bootstrap-token-${await cluster.lasting(tokenId())}` }
    const { metadata } = (await cluster.lasting(cluster.client.get(Secrets, secret))) ?? {}
    await cluster.lasting(cluster.client.delete(Secrets, secret, { uid: metadata?.uid ?? '' }))
    await cluster.until('it is believed', runs)
  })

  it('can not be told apart without a token', async () => {
    await begin({ type: 'none', files: [{ path: '/etc/motd', content: 'hello' }] })
    await cluster.until('its machine is there', () => machines().length === 1)
    await oldKubelet()
    await cluster.until('it runs', runs)
    expect(cluster.cloud.calls.create).toBe(1)
  })

  it('can not be told apart where somebody else signs, and nobody here reads it', async () => {
    await begin({ type: 'kubelet' }, false)
    await cluster.until('its machine is there', () => machines().length === 1)
    await oldKubelet()
    await cluster.until('it runs', runs)
    expect(cluster.cloud.calls.create).toBe(1)
  })
})

it('A kubelet that somebody else has let in with the token has joined', async () => {
  await begin({ type: 'kubelet' })
  await cluster.until('its machine is there', () => machines().length === 1)
  await controller.stop()
  await askWithToken(cluster, 'first', newKeys(), {}, await cluster.lasting(tokenId()))
  const request = await cluster.lasting(cluster.client.get(CertificateSigningRequests, { name: 'first' }))
  if (!request) throw new Error('there is no request')
  const approved = { type: 'Approved', status: 'True', reason: 'AutoApproved', message: 'by kube-controller-manager' } as const
  await cluster.lasting(
    cluster.client.update(CertificateSigningRequests, { ...request, status: { conditions: [approved] } }, { subresource: 'approval' }),
  )
  start()
  await post('192.168.0.7')
  await cluster.until('it runs', runs)
  expect(cluster.cloud.calls.create).toBe(1)
})
