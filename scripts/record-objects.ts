/**
 * Asks a real kube-apiserver what it makes of the built-in objects in packages/testing/src/server/schema/builtin.recorded.json (as a dry
 * run), and writes its answers down beside them: what it refuses, or the object with all its defaults. The embedded API server's tests
 * then want the same.
 *
 *   kubectl proxy --port 8001 & node scripts/record-objects.ts --at http://127.0.0.1:8001
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { builtinDefinitions } from '../packages/testing/src/server/schema/index.ts'

interface Case {
  readonly kind: string
  readonly object: Readonly<Record<string, unknown>>
}

interface Answer {
  readonly message?: string
  readonly metadata?: Record<string, unknown>
  readonly details?: { readonly causes?: readonly { readonly reason: string; readonly field: string; readonly message: string }[] }
}

const {
  values: { at = 'http://127.0.0.1:8001' },
} = parseArgs({ options: { at: { type: 'string' } } })
const file = join(import.meta.dirname, '../packages/testing/src/server/schema/builtin.recorded.json')

const record = async ({ kind, object }: Case): Promise<object> => {
  const definition = builtinDefinitions().find(d => d.kind === kind)
  if (definition === undefined) throw new Error(`no kind ${kind}`)
  const { group, version, namespaced, plural } = definition
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const response = await fetch(`${at}${root}${namespaced ? '/namespaces/default' : ''}/${plural}?dryRun=All`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ metadata: { name: 'a' }, ...object }),
  })
  // Border: what the API server answers; only the members above are read.
  const answer = (await response.json()) as Answer
  const { causes } = answer.details ?? {}
  if (causes !== undefined) return { kind, object, causes: causes.map(c => `${c.reason} ${c.field}: ${c.message}`).sort() }
  if (response.status >= 400) return { kind, object, failure: answer.message }
  for (const field of ['uid', 'creationTimestamp', 'managedFields', 'generation', 'namespace']) delete answer.metadata?.[field]
  return { kind, object, result: answer }
}

// Border: our own file.
const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly Case[]
const recorded: object[] = []
for (const given of cases) recorded.push(await record(given))
writeFileSync(file, `[\n${recorded.map(given => `  ${JSON.stringify(given)}`).join(',\n')}\n]\n`)
console.log(`${recorded.length} cases recorded`)
