import { expect, it } from 'vitest'
import { type KubeObject, Nodes } from '../api/index.ts'
import { manualRuntime } from '../runtime/index.ts'
import { fakeCluster } from './cluster.fake.ts'
import { defineController } from './define.ts'
import type { ManagerContext } from './definition.ts'
import { createEventRecorder } from './events/recorder.ts'
import { createMetrics } from './metrics.ts'
import { createReconciler } from './reconciler.ts'
import { createClient } from '../kube/index.ts'

it('decides nothing while the stores may be of a past that is no more', async () => {
  const runtime = manualRuntime()
  const metrics = createMetrics()
  const client = createClient({ transport: fakeCluster(), clock: runtime.clock })
  const log = (): void => {}
  const reconciled: string[] = []
  const { parts } = defineController<KubeObject>({ name: 'n', for: Nodes, reconcile: async ({ key }) => void reconciled.push(key.name) })
  const [part] = parts
  if (!part) throw new Error('a controller has a part')
  const listed = Promise.withResolvers<void>()
  const context: ManagerContext = {
    client,
    runtime,
    log,
    metrics,
    signal: new AbortController().signal,
    fence: () => {},
    event: () => {},
    store: () => ({ get: () => undefined, list: () => [], by: () => [], synced: true }),
    onRegression: () => ({ [Symbol.dispose]: () => {} }),
    vacancies: () => [],
  }
  const events = createEventRecorder({ client, runtime, log, metrics, instance: 'm' })
  let pending: Promise<void> | undefined = listed.promise
  const reconcile = createReconciler({ part, context, events, cache: { settled: () => pending } })
  const run = reconcile({ key: 'a', attempt: 0, priority: 0 })
  await runtime.settle()
  expect(reconciled).toEqual([])
  pending = undefined
  listed.resolve()
  expect(await run).toEqual({ kind: 'done' })
  expect(reconciled).toEqual(['a'])
})
