import type { ClusterResult } from './cases/cluster.ts'
import type { EmbeddedResult } from './cases/embedded.ts'
import type { Phase } from './cases/phase.ts'
import type { SimulationResult } from './cases/simulation.ts'
import type { Processors } from './measure/process.ts'
import { type Client, sumsOf } from './measure/requests.ts'

/** What `--out` writes, one a case: flat, so that any tool can read it. Seconds, MiB, and milliseconds as the names say. */
export type BenchRecord =
  | ClusterRecord
  | ({ readonly case: 'embedded' } & EmbeddedResult)
  | ({ readonly case: 'simulation' } & SimulationResult)

export interface ClusterRecord {
  readonly case: 'cluster'
  readonly n: number
  readonly rawUpSeconds: number
  readonly rawDownSeconds: number
  readonly upSeconds: number
  readonly rollSeconds: number
  readonly downSeconds: number
  /** Of kube-node alone, for single nodes, without events. */
  readonly writesPerNodeUp: number
  readonly writesPerNodeRoll: number
  readonly writesPerNodeDown: number
  /** Of the set and its class, up, replaced and down together. */
  readonly setWrites: number
  readonly eventsPerNodeUp: number
  readonly eventsPerNodeDown: number
  /** Up and down together. */
  readonly readsPerNode: number
  readonly cpuSecondsUp: number
  readonly cpuSecondsRoll: number
  readonly cpuSecondsDown: number
  /** The most of the three. */
  readonly peakMiB: number
  readonly loopP50Ms: number
  readonly loopP99Ms: number
  readonly bytesPerNode: number
  /** CPU seconds of the control plane while the raw client works, up and down. */
  readonly rawOthers: Processors
  /** CPU seconds of the other processes, up. */
  readonly othersUp: Processors
  /** By `<client> <verb> <resource>`, a node. */
  readonly requestsPerNodeUp: Readonly<Record<string, number>>
  readonly requestsPerNodeDown: Readonly<Record<string, number>>
  readonly restShareOfCore?: number
  readonly restWrites?: number
  readonly restReads?: number
  readonly restLoopP99Ms?: number
  readonly restartSeconds?: number
  readonly restartPeakMiB?: number
}

/** Those of a cluster, from few nodes to many. */
export const clusterRecords = (records: readonly BenchRecord[]): readonly ClusterRecord[] =>
  records.filter(record => record.case === 'cluster').toSorted((a, b) => a.n - b.n)

const round = (value: number): number => Number(value.toPrecision(4))

/** Those that come less than once for a hundred nodes say nothing of one. */
const perNode = ({ requests }: Phase, n: number): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...requests]
      .filter(([, count]) => count / n >= 0.01)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, count]) => [key, round(count / n)]),
  )

export const recordOf = ({ n, raw, up, roll, down, bytesPerNode, rest, restart }: ClusterResult): ClusterRecord => {
  const own: Client = 'kube-node'
  const phases = [up, roll, down]
  const of = (phase: Phase): ReturnType<typeof sumsOf> => sumsOf(phase.requests, own)
  return {
    case: 'cluster',
    n,
    rawUpSeconds: round(raw.upSeconds),
    rawDownSeconds: round(raw.downSeconds),
    upSeconds: round(up.seconds),
    rollSeconds: round(roll.seconds),
    downSeconds: round(down.seconds),
    writesPerNodeUp: round(of(up).writes / n),
    writesPerNodeRoll: round(of(roll).writes / n),
    writesPerNodeDown: round(of(down).writes / n),
    setWrites: phases.reduce((sum, phase) => sum + of(phase).setWrites, 0),
    eventsPerNodeUp: round(of(up).events / n),
    eventsPerNodeDown: round(of(down).events / n),
    readsPerNode: round((of(up).reads + of(down).reads) / n),
    cpuSecondsUp: round(up.cpuSeconds),
    cpuSecondsRoll: round(roll.cpuSeconds),
    cpuSecondsDown: round(down.cpuSeconds),
    peakMiB: round(Math.max(...phases.map(({ peakMiB }) => peakMiB))),
    loopP50Ms: round(Math.max(...phases.map(({ loopMs }) => loopMs.p50))),
    loopP99Ms: round(Math.max(...phases.map(({ loopMs }) => loopMs.p99))),
    bytesPerNode: Math.round(bytesPerNode),
    rawOthers: raw.others,
    othersUp: up.others,
    requestsPerNodeUp: perNode(up, n),
    requestsPerNodeDown: perNode(down, n),
    ...(rest && {
      restShareOfCore: round(rest.share),
      restWrites: rest.requests.writes + rest.requests.setWrites,
      restReads: rest.requests.reads,
      restLoopP99Ms: round(rest.loopMs.p99),
    }),
    ...(restart && { restartSeconds: round(restart.firstDecisionSeconds), restartPeakMiB: round(restart.peakMiB) }),
  }
}
