import { expect, it } from 'vitest'
import { createMetrics } from './metrics.ts'

it("answers in Prometheus' text format", async () => {
  const metrics = createMetrics()
  metrics.counter('tries_total', 'Tries', ['result']).add(2, { result: 'ok' })
  metrics.gauge('depth', 'Depth').set(7)
  metrics.histogram('wait_seconds', 'Wait', [1, 10]).observe(3)
  const text = await metrics.text()
  expect(text).toContain('# TYPE tries_total counter\ntries_total{result="ok"} 2')
  expect(text).toContain('depth 7')
  expect(text).toContain('wait_seconds_bucket{le="1"} 0\nwait_seconds_bucket{le="10"} 1')
  expect(metrics.contentType).toContain('text/plain')
})

it('gives the same metric to all who ask for one name', async () => {
  const metrics = createMetrics()
  metrics.counter('tries_total', 'Tries').add(1)
  metrics.counter('tries_total', 'Tries').add(1)
  expect(await metrics.text()).toContain('tries_total 2')
  expect(() => metrics.gauge('tries_total', 'Tries')).toThrow('metric tries_total is a counter already')
})

it('keeps two managers in one process apart', async () => {
  const [one, other] = [createMetrics(), createMetrics()]
  one.counter('tries_total', 'Tries').add(1)
  expect(await other.text()).not.toContain('tries_total')
})

it('computes some gauges at the moment of reading', async () => {
  const metrics = createMetrics()
  const age = metrics.gauge('age_seconds', 'Age')
  let seconds = 0
  const collecting = metrics.onCollect(() => age.set(++seconds))
  expect(await metrics.text()).toContain('age_seconds 1')
  expect(await metrics.text()).toContain('age_seconds 2')
  collecting[Symbol.dispose]()
  expect(await metrics.text()).toContain('age_seconds 2')
})
