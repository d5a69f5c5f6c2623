import { ConfigMaps } from '@kube-node/core/api'
import { expect, it } from 'vitest'
import { createRecovery, minute } from './recovery.fixture.ts'

it('a machine of an attempt that a restore took back, and that is recorded anew, is left alone: who knows what it was told', async () => {
  const held = Promise.withResolvers<void>()
  await using stage = await createRecovery({
    seen: inner => ({
      ...inner,
      async request(request) {
        if (request.method === 'PATCH' && request.path.startsWith('/api/v1/nodes/')) await held.promise
        return inner.request(request)
      },
    }),
  })
  const { cluster, record, runs } = stage
  const backup = cluster.server.snapshot()
  expect(await cluster.lasting(record())).toBeUndefined()
  held.resolve()
  await cluster.until('a runs', runs)
  const { id } = stage.machine()
  cluster.kubelets.stop(id)
  // Enough is written for everybody to see that the backup is old.
  for (let i = 0; i < 20; i++) await cluster.create(ConfigMaps, { metadata: { name: `c-${i}`, namespace: 'default' } })
  await stage.editClass({ limits: { nodes: 5 } })
  await cluster.runtime.advance(minute)
  cluster.server.restore(backup)
  await cluster.until('its machine is noted again', async () => (await record())?.id === id, 2 * minute)
  await cluster.runtime.advance(minute)
  expect(stage.delivered).toHaveLength(1)
  expect(cluster.cloud.machines().map(({ state }) => state)).toEqual(['running'])
  cluster.kubelets.start(id)
  await cluster.until('a runs again', runs)
})
