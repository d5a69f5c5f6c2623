// npm run bench:report -- FILE.json...: the measured part of docs/performance.md and its plot, from what `npm run bench` wrote.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type BenchRecord, type ClusterRecord, clusterRecords } from './record.ts'
import { plotSvg } from './report/plot.ts'
import { reportOf } from './report/tables.ts'

const docs = new URL('../docs/', import.meta.url)
const begin = '<!-- measured: npm run bench:report -->'
const end = '<!-- end of what was measured -->'

const files = process.argv.slice(2)
if (files.length === 0) throw new TypeError('name the files that npm run bench -- --out FILE.json wrote')
// Border: the bench wrote them.
const records = (await Promise.all(files.map(async file => JSON.parse(await readFile(file, 'utf8')) as BenchRecord[]))).flat()
const cluster = clusterRecords(records)
const line = (name: string, colour: string, of: (record: ClusterRecord) => number) => ({
  name,
  colour,
  points: cluster.map(record => [record.n, of(record)] as const),
})

const page = fileURLToPath(new URL('performance.md', docs))
const text = await readFile(page, 'utf8')
const [before, after] = [text.indexOf(begin), text.indexOf(end)]
if (before < 0 || after < before) throw new Error(`${page} has no place for what was measured`)
await writeFile(page, `${text.slice(0, before)}${begin}\n\n${reportOf(records)}\n\n${text.slice(after)}`)
if (cluster.length > 0) {
  const lines = [
    line('raw up', '#888888', r => r.rawUpSeconds),
    line('up', '#1f77b4', r => r.upSeconds),
    line('replaced', '#d62728', r => r.rollSeconds),
    line('down', '#2ca02c', r => r.downSeconds),
  ]
  await writeFile(new URL('performance.svg', docs), plotSvg({ title: 'Time', x: 'nodes', y: 's', lines }))
}
