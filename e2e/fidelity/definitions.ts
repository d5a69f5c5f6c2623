import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Client } from './client.ts'
import { isFields, spell } from './memory.ts'
import { resources } from './resources.ts'
import type { Step, Target, Value } from './script.ts'

/** Does the step change what is defined? */
export const isDefining = (step: Step): boolean =>
  step.do === 'request' && step.resource === 'customresourcedefinitions' && step.method !== 'GET' && step.query?.['dryRun'] === undefined

/** How a script's definitions stand: the names that each was given, by name; and what lists of their objects are answered with. */
export interface Standing {
  readonly definitions: Readonly<Record<string, unknown>>
  readonly lists: Readonly<Record<string, number>>
}

const everyMs = 20
const patienceMs = 5_000
const definedMs = 200

/**
 * A definition is accepted, served, changed and dropped a moment after the write that says so, and others may get the names that it lets
 * go. The embedded server knows no such moments, so the real one has a while to come to where that one is.
 */
export const definitionsSettled = async (client: Client, id: string, expected: Standing | undefined): Promise<Standing> => {
  const isDone = expected === undefined ? isAtRest : (standing: Standing): boolean => isDeepStrictEqual(standing, expected)
  let standing = await standingOf(client, id)
  for (let waited = 0; waited < patienceMs && !isDone(standing); waited += everyMs) {
    await sleep(everyMs)
    standing = await standingOf(client, id)
  }
  // kube-apiserver's handler learns of a new schema from an informer of its own, and builds its storage then.
  if (expected !== undefined) await sleep(definedMs)
  return standing
}

const isAtRest = ({ definitions }: Standing): boolean =>
  Object.values(definitions).every(each => isFields(each) && each['terminating'] === false)

const standingOf = async (client: Client, id: string): Promise<Standing> => {
  const { body } = await client.ask({ method: 'GET', path: `${resources.customresourcedefinitions.root}/customresourcedefinitions` })
  const items = isFields(body) && Array.isArray(body['items']) ? body['items'].filter(isFields) : []
  const definitions = items.flatMap(item => {
    const { metadata, status = null } = item
    const name = isFields(metadata) ? spell(metadata['name']) : ''
    if (!name.endsWith(`.${id}.example.test`) || !isFields(metadata)) return []
    const names = isFields(status) ? status['acceptedNames'] : null
    return [
      [
        name,
        {
          terminating: metadata['deletionTimestamp'] !== undefined,
          names,
          accepted: conditionOf(status, 'NamesAccepted'),
          established: conditionOf(status, 'Established'),
        },
      ] as const,
    ]
  })
  const lists: Record<string, number> = {}
  for (const resource of ['gadgets', 'newgadgets', 'gizmos'] as const) {
    const path = listOf({ resource }).replaceAll('{id}', id)
    lists[path] = (await client.ask({ method: 'GET', path: `${path}?limit=1` })).status
  }
  return { definitions: Object.fromEntries(definitions), lists }
}

const listOf = ({ resource }: Target): string => `${resources[resource].root}/${resources[resource].plural ?? resource}`

const conditionOf = (status: Value, type: string): Value => {
  const conditions = isFields(status) ? status['conditions'] : undefined
  const found = Array.isArray(conditions) ? conditions.find(c => isFields(c) && c['type'] === type) : undefined
  return isFields(found) ? [found['status'] ?? null, found['reason'] ?? null] : null
}
