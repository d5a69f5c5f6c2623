/**
 * Asks a real kube-apiserver what becomes of a Deployment under the strategic merge patches in
 * packages/testing/src/server/schema/strategic-merge.recorded.json, and writes its answers down beside them.
 *
 *   kubectl proxy --port 8001 & node scripts/record-patches.ts --at http://127.0.0.1:8001
 *
 * Makes and deletes a Deployment of no replicas, `recorded-patches` in `default`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

interface Deployment {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly spec: object
}

interface Recording {
  readonly original: Deployment
  readonly cases: readonly { readonly patch: object }[]
}

const {
  values: { at = 'http://127.0.0.1:8001' },
} = parseArgs({ options: { at: { type: 'string' } } })
const file = join(import.meta.dirname, '../packages/testing/src/server/schema/strategic-merge.recorded.json')
const all = '/apis/apps/v1/namespaces/default/deployments'
const one = `${all}/recorded-patches`

const ask = async (
  method: string,
  path: string,
  body?: object,
  type = 'application/json',
): Promise<{ readonly status: number; readonly body: unknown }> => {
  const response = await fetch(at + path, {
    method,
    headers: { 'content-type': type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

/** What clients wrote; the deployment controller's own annotation is noise. */
const written = (deployment: Deployment): object => {
  const { annotations, labels, finalizers, ownerReferences } = deployment.metadata
  const own = Object.entries(typeof annotations === 'object' && annotations !== null ? annotations : {}).filter(
    ([key]) => !key.includes('kubernetes.io/'),
  )
  return {
    metadata: { ...(own.length === 0 ? {} : { annotations: Object.fromEntries(own) }), labels, finalizers, ownerReferences },
    spec: deployment.spec,
  }
}

// Border: our own file, and what the API server answers of the kind that was asked for.
const { original, cases } = JSON.parse(readFileSync(file, 'utf8')) as Recording
const made = await ask('POST', all, { ...original, metadata: { ...original.metadata, name: 'recorded-patches' } })
if (made.status !== 201) throw new Error(JSON.stringify(made.body))
try {
  const recorded: object[] = []
  for (const { patch } of cases) {
    const { status, body } = await ask('PATCH', `${one}?dryRun=All`, patch, 'application/strategic-merge-patch+json')
    // Border: a Deployment, or the Status that says why not.
    const answer = body as Deployment & { readonly message: string }
    recorded.push(status === 200 ? { patch, result: written(answer) } : { patch, status, message: answer.message })
  }
  // Border: as above.
  const base = written(made.body as Deployment)
  const lines = recorded.map(given => `    ${JSON.stringify(given)}`)
  writeFileSync(file, `{\n  "original": ${JSON.stringify(base)},\n  "cases": [\n${lines.join(',\n')}\n  ]\n}\n`)
  console.log(`${recorded.length} cases recorded`)
} finally {
  await ask('PATCH', one, { metadata: { finalizers: null } }, 'application/merge-patch+json')
  await ask('DELETE', one)
}
