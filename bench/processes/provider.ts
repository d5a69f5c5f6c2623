// The provider module of the controller that is measured: the cloud in the other process, and, since it stands in the controller's own
// process, what only that knows: GET / answers {"heapBytes", "loopMs": {"p50", "p99"}} since the last question.
import { createServer } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'
import type { MachineProvider } from '@kube-node/core/provider'
import { remoteCloudProvider } from '@kube-node/testing/cloud'

const resolution = 5
const loop = monitorEventLoopDelay({ resolution })
loop.enable()
/** It measures the time between two ticks of a timer, which is there also when nothing delays them. */
const ms = (ns: number): number => Math.max(0, ns / 1e6 - resolution)
createServer((_, response) => {
  const loopMs = { p50: ms(loop.percentile(50)), p99: ms(loop.percentile(99)) }
  globalThis.gc?.()
  const heapBytes = process.memoryUsage().heapUsed
  loop.reset()
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ heapBytes, loopMs }))
})
  .listen(Number(process.env['BENCH_PROBE_PORT']), '127.0.0.1')
  .unref()

export const simulated = (): MachineProvider => remoteCloudProvider({ url: process.env['BENCH_CLOUD'] ?? '' })
