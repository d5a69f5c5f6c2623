import { TransportError } from '@kube-node/core/kube'
import { expect, it } from 'vitest'
import { createRecovery, minute } from './recovery.fixture.ts'

it('an attempt whose record was written, and whose answer was lost, has all of its time to join', async () => {
  const held = Promise.withResolvers<void>()
  let lost = 0
  await using stage = await createRecovery({
    seen: inner => ({
      ...inner,
      async request(request) {
        const isPatch = request.method === 'PATCH' && request.path === '/api/v1/nodes/a'
        if (isPatch) await held.promise
        const answer = await inner.request(request)
        if (!isPatch || lost > 0 || !JSON.stringify(request.body).includes(String.raw`\"attempt\":2`)) return answer
        lost += 1
        throw new TransportError('the connection broke', { cause: undefined })
      },
    }),
  })
  const { cluster, record, runs } = stage
  cluster.cloud.faults.joinFails(1)
  held.resolve()
  await cluster.until('a second attempt is recorded', async () => (await record())?.attempt === 2, 15 * minute)
  await cluster.until('a runs', runs, 3 * minute)
  expect(lost).toBe(1)
  expect((await cluster.lasting(record()))?.attempt).toBe(2)
  expect(cluster.cloud.machines().map(({ owner, state }) => [owner?.attempt, state])).toEqual([
    [1, 'gone'],
    [2, 'running'],
  ])
})
