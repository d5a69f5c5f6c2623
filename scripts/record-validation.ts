/**
 * Asks a real kube-apiserver what it thinks of the objects in packages/testing/src/server/schema/validate.recorded.json, and writes its
 * answers down beside them. The embedded API server's tests then want the same words.
 *
 *   kubectl proxy --port 8001 & node scripts/record-validation.ts --at http://127.0.0.1:8001
 *
 * Makes and deletes CRDs of the group `recorded.kube-node.test`; needs an administrator.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

interface Case {
  readonly what: string
  readonly schema: unknown
  /** Stored before, when the case is an update. `lax`: the schema does not allow it, it was stored before the schema was tightened. */
  readonly old?: object
  readonly lax?: boolean
  readonly object: object
  readonly causes?: readonly string[]
}

interface Answer {
  readonly status: number
  readonly body: {
    readonly message?: string
    readonly metadata?: { readonly resourceVersion?: string }
    readonly spec?: object
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
    readonly details?: { readonly causes?: readonly { readonly reason: string; readonly field: string; readonly message: string }[] }
  }
}

const {
  values: { at = 'http://127.0.0.1:8001' },
} = parseArgs({ options: { at: { type: 'string' } } })
const file = join(import.meta.dirname, '../packages/testing/src/server/schema/validate.recorded.json')
const group = 'recorded.kube-node.test'
const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const anything = { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }

const ask = async (method: string, path: string, body?: unknown): Promise<Answer> => {
  const response = await fetch(at + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  // Border: what the API server answers, of which only the members above are read, all of them optional.
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let i = 0; i < 100; i += 1) {
    if (await holds()) return
    await sleep(100)
  }
  throw new Error('waited 10 s in vain')
}

const record = async (given: Case, n: number): Promise<Case> => {
  const [plural, kind] = [`r${n}s`, `R${n}`]
  const crd = (schema: unknown): object => ({
    group,
    scope: 'Cluster',
    names: { plural, kind },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
  })
  const path = `${crds}/${plural}.${group}`
  const made = await ask('POST', crds, {
    metadata: { name: `${plural}.${group}` },
    spec: crd(given.lax === true ? anything : given.schema),
  })
  if (made.status !== 201) throw new Error(`${given.what}: ${made.body.message}`)
  try {
    const objects = `/apis/${group}/v1/${plural}`
    const object = (content: object, resourceVersion?: string): object => ({
      apiVersion: `${group}/v1`,
      kind,
      metadata: { name: 'a', resourceVersion },
      ...content,
    })
    await until(
      async () => (await ask('GET', path)).body.status?.conditions?.some(c => c.type === 'Established' && c.status === 'True') === true,
    )
    await until(async () => (await fetch(at + objects)).status === 200)
    let answer: Answer
    if (given.old === undefined) answer = await ask('POST', objects, object(given.object))
    else {
      const stored = await ask('POST', objects, object(given.old))
      if (stored.status !== 201) throw new Error(`${given.what}: ${stored.body.message}`)
      if (given.lax === true) {
        const { body } = await ask('GET', path)
        await ask('PUT', path, { ...body, spec: { ...body.spec, ...crd(given.schema) } })
        // The new schema is served a moment later; nothing says when.
        await sleep(1_500)
      }
      answer = await ask('PUT', `${objects}/a`, object(given.object, stored.body.metadata?.resourceVersion))
    }
    if (answer.status >= 400 && answer.status !== 422) throw new Error(`${given.what}: ${answer.body.message}`)
    return { ...given, causes: (answer.body.details?.causes ?? []).map(c => `${c.reason} ${c.field}: ${c.message}`).sort() }
  } finally {
    await ask('DELETE', path)
  }
}

// Border: our own file.
const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly Case[]
const recorded: Case[] = []
for (let i = 0; i < cases.length; i += 6)
  recorded.push(...(await Promise.all(cases.slice(i, i + 6).map((given, n) => record(given, i + n)))))
writeFileSync(file, `[\n${recorded.map(given => `  ${JSON.stringify(given)}`).join(',\n')}\n]\n`)
console.log(`${recorded.length} cases recorded`)
