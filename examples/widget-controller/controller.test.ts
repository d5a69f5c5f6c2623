import { type KubeObject, createManager, nameOf } from '@kube-node/core'
import { ConfigMaps, CustomResourceDefinitions } from '@kube-node/core/api'
import { type TestCluster, createTestCluster } from '@kube-node/testing/cluster'
import { expect, it } from 'vitest'
import { widgetController } from './controller.ts'
import { type Widget, Widgets, widgetDefinition } from './widget.ts'

const key = { namespace: 'default', name: 'clock' }

/** A cluster in this process that knows Widgets, and our controller at work in it. Nothing sleeps: time moves while we wait. */
const story = async (parts: number) => {
  const cluster = await createTestCluster()
  await cluster.create(CustomResourceDefinitions, widgetDefinition)
  const manager = createManager({ cluster: cluster.transport(), runtime: cluster.runtime, log: () => undefined, frozen: true })
  manager.add(widgetController())
  const running = cluster.start(manager)
  const widget = await cluster.create(Widgets, { ...emptyWidget, spec: { parts } })
  await hasParts(cluster, parts)
  return { cluster, running, widget, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() }
}

const emptyWidget: Widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: key, spec: { parts: 0 } }

const partsIn = (cluster: TestCluster): readonly string[] => {
  const stored = cluster.server.store.list({ group: '', plural: 'configmaps' }, 'default') as readonly KubeObject[]
  return stored.map(nameOf).toSorted()
}

const hasParts = (cluster: TestCluster, parts: number): Promise<unknown> =>
  cluster.until(`the widget has ${parts} parts`, async () => {
    const widget = await cluster.client.get(Widgets, key)
    return partsIn(cluster).length === parts && widget?.status?.parts === parts
  })

it('makes the parts that a widget wants, and says so in its status', async () => {
  await using s = await story(3)
  expect(partsIn(s.cluster)).toEqual(['clock-0', 'clock-1', 'clock-2'])
})

it('follows the widget up and down', async () => {
  await using s = await story(1)
  await s.cluster.client.patch(Widgets, key, { merge: { spec: { parts: 5 } } })
  await hasParts(s.cluster, 5)
  await s.cluster.client.patch(Widgets, key, { merge: { spec: { parts: 2 } } })
  await hasParts(s.cluster, 2)
  expect(partsIn(s.cluster)).toEqual(['clock-0', 'clock-1'])
})

it('replaces a part that somebody deletes', async () => {
  await using s = await story(2)
  const victim = await s.cluster.client.get(ConfigMaps, { namespace: 'default', name: 'clock-1' })
  await s.cluster.client.delete(ConfigMaps, { namespace: 'default', name: 'clock-1' }, { uid: victim?.metadata?.uid ?? '' })
  const replacement = await s.cluster.until('there is another part', async () => {
    const part = await s.cluster.client.get(ConfigMaps, { namespace: 'default', name: 'clock-1' })
    return part?.metadata?.uid === victim?.metadata?.uid ? undefined : part
  })
  expect(replacement.data).toEqual({ partOf: 'clock' })
})

it('leaves the parts of a deleted widget to the garbage collector', async () => {
  await using s = await story(2)
  await s.cluster.client.delete(Widgets, key, { uid: s.widget.metadata?.uid ?? '' })
  await s.cluster.until('some time has passed', () => s.cluster.runtime.clock.monotonic() > 60_000)
  expect(partsIn(s.cluster)).toEqual([])
})

it('writes nothing more once all is as it should be', async () => {
  await using s = await story(2)
  await s.cluster.until('a minute has passed', () => s.cluster.runtime.clock.monotonic() > 60_000)
  const version = s.cluster.server.store.resourceVersion
  await s.cluster.until('an hour has passed', () => s.cluster.runtime.clock.monotonic() > 3_600_000, 7_200_000)
  expect(s.cluster.server.store.resourceVersion).toBe(version)
})
