import { type Call, type Page, ProviderError, type Scope } from '@kube-node/core/provider'
import { type Google, pagesOf } from '../google/index.ts'
import { type Whereabouts, instancePath } from './machine.ts'
import { type AggregatedInstances, type Instance, nameIn } from './resources.ts'

/**
 * All instances of a project that a filter finds, of every zone, page by page. A zone that could not be asked is told as missing: with
 * `returnPartialSuccess` Google gives a zone whole or not at all, and without it one zone's trouble would hide all others.
 */
export async function* listInstances(google: Google, project: string, filter: string, call: Call): AsyncGenerator<Page<Instance>> {
  const path = `projects/${project}/aggregated/instances`
  const question = { method: 'GET', path, query: { filter, returnPartialSuccess: true } } as const
  for await (const page of pagesOf<AggregatedInstances>(google, 'instances.aggregatedList', question, call)) {
    const scopes = Object.entries(page.items ?? {})
    const missing = new Set([
      ...(page.unreachables ?? []),
      ...scopes.filter(([, { warning }]) => isBlind(warning?.code)).map(([scope]) => scope),
    ])
    yield {
      items: scopes.flatMap(([, { instances = [] }]) => instances),
      ...(missing.size > 0 && { missing: [...missing].map(scopeNamed) }),
    }
  }
}

/** Most zones have nothing on a page, and say so. */
const isBlind = (warning: string | undefined): boolean => warning !== undefined && warning !== 'NO_RESULTS_ON_PAGE'

/** `zones/europe-west1-b`; of anything else all is missing. */
const scopeNamed = (scope: string): Scope => (/^(projects\/[^/]+\/)?zones\/[^/]+$/.test(scope) ? { zone: nameIn(scope) } : {})

/** Undefined when there is none. */
export const getInstance = async (google: Google, where: Whereabouts, call: Call): Promise<Instance | undefined> => {
  try {
    return await google.ask<Instance>('instances.get', { method: 'GET', path: instancePath(where) }, call)
  } catch (error) {
    if (ProviderError.is(error) && error.code === 'NotFound') return undefined
    throw error
  }
}
