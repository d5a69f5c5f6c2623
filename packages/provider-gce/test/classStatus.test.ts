import { createKubeNode } from '@kube-node/core'
import {
  CustomResourceDefinitions,
  Namespaces,
  NodeClasses,
  type NodeClassStatus,
  Secrets,
  conditionStatus,
  crds,
  findCondition,
} from '@kube-node/core/api'
import { createClient } from '@kube-node/core/kube'
import { systemRuntime } from '@kube-node/core/runtime'
import { createApiServer } from '@kube-node/testing/server'
import { expect, it } from 'vitest'
import { gceWorld, secretOf } from './world.ts'

const secretRef = { name: 'gcp', namespace: 'kube-node-system' }

it('a class shows which image its family means, anew when it is edited, and says when there is none', async () => {
  await using stack = new AsyncDisposableStack()
  const { google, provider } = stack.use(await gceWorld())
  const runtime = systemRuntime()
  const server = stack.use(createApiServer({ runtime, log: () => {}, authorization: 'allow' }))
  const client = createClient({ transport: server.transport(), clock: runtime.clock })
  for (const crd of crds()) await client.create(CustomResourceDefinitions, crd)
  await client.create(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: secretRef.namespace } })
  const data = Object.fromEntries(
    Object.entries(secretOf('controller')).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  )
  await client.create(Secrets, { apiVersion: 'v1', kind: 'Secret', metadata: secretRef, data })
  await client.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: {
      provider: 'gce',
      secretRef,
      config: { project: google.project, zones: [...google.zones], machineType: 'e2-standard-2', image: { family: 'ubuntu-2404-lts' } },
    },
  })
  const status = async (): Promise<NodeClassStatus> => (await client.get(NodeClasses, { name: 'small' }))?.status ?? {}
  const edit = async (config: { readonly machineType?: string; readonly image?: { readonly family: string } }): Promise<void> => {
    await client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { config } } })
  }
  const shows = async (name: string): Promise<void> => {
    const resolved = [
      { field: 'image.name', value: name },
      { field: 'image.project', value: google.project },
    ]
    await expect.poll(async () => (await status()).resolved).toEqual(resolved)
  }
  const stopping = new AbortController()
  const running = createKubeNode({ cluster: server.transport(), runtime, log: () => {}, providers: [provider] }).run({
    signal: stopping.signal,
  })
  stack.defer(async () => {
    stopping.abort()
    await running
  })

  await shows('ubuntu-2404-v20261101')
  google.family('ubuntu-2404-lts', 'ubuntu-2404-v20261120')
  await edit({ machineType: 'e2-standard-4' })
  await shows('ubuntu-2404-v20261120')
  await edit({ image: { family: 'ubuntu-2505' } })
  await expect
    .poll(async () => findCondition((await status()).conditions, 'Ready')?.message)
    .toBe(
      `provider gce can't say what the config means: InvalidConfig: no image is there of family ubuntu-2505 in project ${google.project}`,
    )
  expect(conditionStatus((await status()).conditions, 'Ready')).toBe('False')
  await shows('ubuntu-2404-v20261120')
})
