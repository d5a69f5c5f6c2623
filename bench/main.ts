// npm run bench -- --n 100,1000,5000 --out FILE.json [--long N] [--rest-seconds S] [--only cluster,embedded,simulation] [--check]
// Real etcd, kube-apiserver and kube-controller-manager, kube-node in a process of its own, machines and kubelets in another: what nodes
// take, up, replaced and down, beside a client that only makes, marks and deletes as many. Each N has a control plane of its own.
// --check: fails on more requests a node than stated.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { clusterCase } from './cases/cluster.ts'
import { embeddedCase } from './cases/embedded.ts'
import { simulationCase } from './cases/simulation.ts'
import { type BenchRecord, recordOf } from './record.ts'
import { excessOf, targetsOf } from './targets.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '100,1000' },
    out: { type: 'string' },
    long: { type: 'string', default: '5000' },
    'rest-seconds': { type: 'string', default: '60' },
    only: { type: 'string', default: 'cluster,embedded,simulation' },
    check: { type: 'boolean', default: false },
  },
})
const numbers = (text: string): readonly number[] =>
  text.split(',').map(part => {
    const n = Number(part)
    if (!Number.isInteger(n) || n < 1) throw new TypeError(`a whole number above 0 is meant, not "${part}"`)
    return n
  })
const cases = new Set(values.only.split(','))
for (const each of cases) if (!['cluster', 'embedded', 'simulation'].includes(each)) throw new TypeError(`there is no case "${each}"`)
const long = new Set(numbers(values.long))
const [restSeconds = 60] = numbers(values['rest-seconds'])
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort(new Error(`received ${signal}`)))

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const records: BenchRecord[] = []
const save = async (record: BenchRecord): Promise<void> => {
  records.push(record)
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(records, undefined, 2)}\n`)
}

if (cases.has('cluster')) {
  for (const n of numbers(values.n)) {
    const result = await clusterCase({ n, long: long.has(n), restSeconds, signal: stopping.signal, say })
    const record = recordOf(result)
    await save(record)
    for (const { what, most, value } of targetsOf(record, records))
      say(`${value <= most ? ' ' : '!'} ${what}: ${value.toPrecision(3)} (at most ${most})`)
  }
}
if (cases.has('embedded')) await save({ case: 'embedded', ...(await embeddedCase()) })
if (cases.has('simulation')) await save({ case: 'simulation', ...(await simulationCase()) })
process.stdout.write(`${JSON.stringify(records, undefined, 2)}\n`)

const excess = values.check ? records.flatMap(record => (record.case === 'cluster' ? excessOf(record) : [])) : []
for (const each of excess) say(each)
process.exitCode = excess.length === 0 ? 0 : 1
