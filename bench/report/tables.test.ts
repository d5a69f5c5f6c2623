import { expect, test } from 'vitest'
import type { ClusterRecord } from '../record.ts'
import { reportOf } from './tables.ts'

const recordWith = (n: number): ClusterRecord => ({
  case: 'cluster',
  n,
  rawUpSeconds: 1,
  rawDownSeconds: 1,
  upSeconds: 1,
  rollSeconds: 1,
  downSeconds: 1,
  writesPerNodeUp: 1,
  writesPerNodeRoll: 1,
  writesPerNodeDown: 1,
  setWrites: 1,
  eventsPerNodeUp: 1,
  eventsPerNodeDown: 1,
  readsPerNode: 1,
  cpuSecondsUp: 1,
  cpuSecondsRoll: 1,
  cpuSecondsDown: 1,
  peakMiB: 1,
  loopP50Ms: 1,
  loopP99Ms: 1,
  bytesPerNode: 1,
  rawOthers: {},
  othersUp: {},
  requestsPerNodeUp: {},
  requestsPerNodeDown: {},
})

test('tables go from few nodes to many, in whatever order the files were named', () => {
  const report = reportOf([5_000, 100, 1_000].map(recordWith))
  expect(report).toContain('| target | at most | 100 nodes | 1000 nodes | 5000 nodes |')
  const counts = [...report.matchAll(/^\| (\d+) \|/gm)].map(([, n]) => Number(n))
  expect(counts).toEqual([1, 2, 3, 4].flatMap(() => [100, 1_000, 5_000]))
})

test('what a node costs with many is told beside what it costs with the fewest', () => {
  const few = recordWith(100)
  const many = {
    ...recordWith(1_000),
    upSeconds: 13,
    rollSeconds: 20,
    downSeconds: 5,
    cpuSecondsUp: 10,
    cpuSecondsRoll: 10,
    cpuSecondsDown: 10,
  }
  const report = reportOf([many, few])
  expect(report).toContain('| time a node up, times that with the fewest | 1.3 |  | 1.3 |')
  expect(report).toContain('| time a node replaced, times that with the fewest | 1.3 |  | 2 |')
  expect(report).toContain('| time a node down, times that with the fewest | 1.3 |  | 0.5 |')
  expect(report).toContain('| CPU a node, times that with the fewest | 1.3 |  | 1 |')
})
