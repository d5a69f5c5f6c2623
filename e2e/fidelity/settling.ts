import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { isFields, spell } from './memory.ts'
import { normalise } from './normalise.ts'
import type { Side } from './run.ts'
import type { Script, Step } from './script.ts'

/** With a look at everything after each write: the next step finds a cluster in which no controller has anything left to do. */
export const withSettling = ({ steps }: Script): Script => ({
  steps: steps.flatMap((step): readonly Step[] =>
    step.do === 'request' && step.method !== 'GET' ? [step, { do: 'settle', resource: step.resource }] : [step],
  ),
})

const kinds = [
  '/api/v1/namespaces/%/configmaps',
  '/api/v1/namespaces/%/secrets',
  '/api/v1/namespaces/%/pods',
  '/apis/coordination.k8s.io/v1/namespaces/%/leases',
  '/apis/policy/v1/namespaces/%/poddisruptionbudgets',
]

/** All objects of the script. Versions are left out: how many writes a controller needs is its own affair. */
const stateOf = async ({ client }: Side, id: string): Promise<unknown> => {
  const read = async (path: string): Promise<readonly unknown[]> => {
    const { body } = await client.ask({ method: 'GET', path })
    const items = isFields(body) ? body['items'] : undefined
    return Array.isArray(items) ? items.map(withoutVersion) : []
  }
  const places = [`${id}-x`, `${id}-y`].flatMap(ns => kinds.map(path => path.replace('%', ns)))
  const [namespaces, ...lists] = await Promise.all(['/api/v1/namespaces', ...places].map(read))
  const own = (namespaces ?? []).filter(object => isFields(object) && nameOf(object).startsWith(`${id}-`))
  return { namespaces: own, ...Object.fromEntries(places.map((path, i) => [path, lists[i]])) }
}

const nameOf = (object: unknown): string =>
  isFields(object) && isFields(object['metadata']) ? spell(object['metadata']['name'] ?? '') : ''

const withoutVersion = (object: unknown): unknown => {
  if (!isFields(object) || !isFields(object['metadata'])) return object
  const { resourceVersion: _version, ...metadata } = object['metadata']
  return { ...object, metadata }
}

export interface Settled {
  readonly state: unknown
  /** Has it come to where it was expected? */
  readonly met: boolean
}

/**
 * The state when all controllers have done what there is to do. The embedded server knows when that is. Of the real one nobody can
 * tell, so it has until its patience ends to come to where the embedded one is.
 */
export const settledState = async (side: Side, id: string, expected: unknown, patienceMs: number): Promise<Settled> => {
  if (side.quiet !== undefined) {
    await side.quiet()
    return { state: await stateOf(side, id), met: true }
  }
  const comparable = (state: unknown): unknown => normalise({ observations: [{ reply: { ...answer, body: state } }] }, id)
  const wanted = comparable(expected)
  const until = performance.now() + patienceMs
  for (;;) {
    const state = await stateOf(side, id)
    const met = isDeepStrictEqual(comparable(state), wanted)
    if (met || performance.now() > until) return { state, met }
    await sleep(20)
  }
}

const answer = { status: 200, contentType: 'application/json', warnings: [] }
