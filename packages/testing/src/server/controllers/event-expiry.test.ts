import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from '../index.ts'
import { clientOf } from '../client.fixture.ts'

const events = '/api/v1/namespaces/default/events'
const event = (name: string): object => ({ metadata: { name }, involvedObject: { kind: 'Node', name: 'n' }, reason: 'R' })

test('Events go an hour after their last change, with the next write', async () => {
  const runtime = manualRuntime()
  const api = clientOf(createApiServer({ runtime }).transport())
  await api.post(events, event('old'))
  await api.post(events, event('repeated'))
  await runtime.advance(40 * 60_000)
  await api.patch(`${events}/repeated`, { count: 2 })
  await runtime.advance(20 * 60_000)
  expect(runtime.sleeping).toBe(0)
  await api.post(events, event('new'))
  expect(api.names((await api.get(events)).body)).toEqual(['new', 'repeated'])
})
