/**
 * Asks a real kube-apiserver for tables of what it holds, and writes objects and cells down in
 * packages/testing/src/server/table/recorded.json: per kind the rows that differ most, and all columns.
 *
 *   kubectl proxy --port 8001 & node scripts/record-tables.ts --at http://127.0.0.1:8001
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { builtinDefinitions } from '../packages/testing/src/server/schema/index.ts'

interface Row {
  readonly cells: readonly unknown[]
  readonly conditions?: readonly unknown[]
  readonly object: { readonly metadata: Readonly<Record<string, unknown>> }
}

interface Table {
  readonly columnDefinitions: readonly {
    readonly name: string
    readonly type: string
    readonly format: string
    readonly priority: number
  }[]
  readonly rows?: readonly Row[]
}

const {
  values: { at = 'http://127.0.0.1:8001', rows: wanted },
} = parseArgs({ options: { at: { type: 'string' }, rows: { type: 'string', default: '4' } } })

const recorded: object[] = []
for (const { group, version, kind, plural } of builtinDefinitions()) {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const now = Date.now()
  const response = await fetch(`${at}${root}/${plural}?includeObject=Object`, {
    headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
  })
  // Border: what was asked for.
  const { columnDefinitions, rows = [] } = (await response.json()) as Table
  const seen = new Set<string>()
  const shown = rows.filter(({ cells }) => {
    const shape = cells.map(cell => String(cell).replaceAll(/[a-z0-9]+/g, 'x')).join('|')
    return !seen.has(shape) && seen.add(shape)
  })
  recorded.push({
    kind,
    group,
    now,
    columns: columnDefinitions.map(({ name, type, format, priority }) => ({ name, type, format, priority })),
    rows: shown.slice(0, Number(wanted)).map(({ cells, conditions, object: { metadata, ...object } }) => {
      const { managedFields: _managed, ...own } = metadata
      return { cells, ...(conditions === undefined ? {} : { conditions }), object: { ...object, metadata: own } }
    }),
  })
}
const file = join(import.meta.dirname, '../packages/testing/src/server/table/recorded.json')
writeFileSync(file, `[\n${recorded.map(given => `  ${JSON.stringify(given)}`).join(',\n')}\n]\n`)
console.log(`${recorded.length} kinds recorded`)
