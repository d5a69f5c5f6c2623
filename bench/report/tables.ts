import { type BenchRecord, type ClusterRecord, clusterRecords } from '../record.ts'
import { targetsOf } from '../targets.ts'

const figure = (value: number | undefined): string => {
  if (value === undefined) return ''
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)))
}

const whole = (value: number): string => value.toLocaleString('en')

/** Numbers to the right, words to the left. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')

const seconds = (records: readonly ClusterRecord[]): string =>
  table(
    ['nodes', 'raw up, s', 'raw down, s', 'up, s', 'replaced, s', 'down, s', 'up / raw up', 'replaced / raw up', 'down / raw up'],
    records.map(r => [
      String(r.n),
      ...[r.rawUpSeconds, r.rawDownSeconds, r.upSeconds, r.rollSeconds, r.downSeconds].map(figure),
      ...[r.upSeconds, r.rollSeconds, r.downSeconds].map(value => figure(value / r.rawUpSeconds)),
    ]),
  )

const requests = (records: readonly ClusterRecord[]): string =>
  table(
    ['nodes', 'writes up', 'writes replaced', 'writes down', 'events up', 'events down', 'reads, up and down', 'writes of the set, in all'],
    records.map(r => [
      String(r.n),
      ...[r.writesPerNodeUp, r.writesPerNodeRoll, r.writesPerNodeDown, r.eventsPerNodeUp, r.eventsPerNodeDown, r.readsPerNode].map(figure),
      String(r.setWrites),
    ]),
  )

const cost = (records: readonly ClusterRecord[]): string =>
  table(
    [
      'nodes',
      'CPU s up',
      'CPU s replaced',
      'CPU s down',
      'peak MiB',
      'KB a node',
      'loop p50, ms',
      'loop p99, ms',
      '% of a core at rest',
      'restart, s',
    ],
    records.map(r => [
      String(r.n),
      ...[r.cpuSecondsUp, r.cpuSecondsRoll, r.cpuSecondsDown, r.peakMiB, r.bytesPerNode / 1_000, r.loopP50Ms, r.loopP99Ms].map(figure),
      figure(r.restShareOfCore === undefined ? undefined : r.restShareOfCore * 100),
      figure(r.restartSeconds),
    ]),
  )

/** Who takes the processor while nodes come up, and how many requests whoever makes; milliseconds and numbers a node. */
const shares = (records: readonly ClusterRecord[]): string => {
  const processes = [...new Set(records.flatMap(({ othersUp }) => Object.keys(othersUp)))]
  const clients = [...new Set(records.flatMap(r => Object.keys(r.requestsPerNodeUp).map(clientOfKey)))].toSorted()
  const asked = (r: ClusterRecord, client: string): number =>
    Object.entries(r.requestsPerNodeUp).reduce((sum, [key, count]) => (clientOfKey(key) === client ? sum + count : sum), 0)
  return table(
    ['nodes', 'kube-node', ...processes, 'kube-apiserver for a raw node, up and down', ...clients.map(client => `requests of ${client}`)],
    records.map(r => [
      String(r.n),
      ...[r.cpuSecondsUp, ...processes.map(name => r.othersUp[name] ?? 0), r.rawOthers['kube-apiserver'] ?? 0].map(seconds =>
        figure((seconds * 1_000) / r.n),
      ),
      ...clients.map(client => figure(asked(r, client))),
    ]),
  )
}

const clientOfKey = (key: string): string => key.split(' ')[0] ?? ''

const targets = (records: readonly ClusterRecord[]): string => {
  const all = records.map(record => targetsOf(record, records))
  const rows = all.flatMap(list => list.map(({ what, most }) => `${what}|${most}`))
  return table(
    ['target', 'at most', ...records.map(({ n }) => `${n} nodes`)],
    [...new Set(rows)].map(row => {
      const [what = '', most = ''] = row.split('|')
      return [what, most, ...all.map(list => figure(list.find(target => target.what === what)?.value))]
    }),
  )
}

const others = (records: readonly BenchRecord[]): string =>
  records
    .flatMap(record => {
      if (record.case === 'embedded')
        return [
          `The embedded API server starts in ${record.startMs} ms (the first time ${record.firstStartMs} ms) and takes ` +
            `${whole(record.createsPerSecond)} creates and ${whole(record.statusPatchesPerSecond)} status patches a second; its ` +
            `watchers take ${whole(record.watchEventsPerSecond)} events a second, and each of ${whole(record.objects)} objects takes ` +
            `${figure((record.bytesPerObject ?? 0) / 1_000)} KB.`,
        ]
      if (record.case === 'simulation')
        return [`The simulation lives through ${record.ratio} s of cluster life for each second of the processor.`]
      return []
    })
    .join('\n\n')

/** The measured part of docs/performance.md. */
export const reportOf = (records: readonly BenchRecord[]): string => {
  const cluster = clusterRecords(records)
  return [
    targets(cluster),
    '![Seconds by the number of nodes](performance.svg)',
    seconds(cluster),
    'Requests of kube-node, a node; Leases apart:',
    requests(cluster),
    "The controller's process:",
    cost(cluster),
    'Milliseconds of the processor that each process takes for a node on its way up, and requests of each client for it:',
    shares(cluster),
    others(records),
  ]
    .filter(part => part !== '')
    .join('\n\n')
}
