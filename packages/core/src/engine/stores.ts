import { type AnyResource, type KubeObject, type Resource, apiVersionOf } from '../api/index.ts'
import type { Cache, Informer } from '../kube/index.ts'
import type { ControllerDefinition, Stores } from './definition.ts'

/** The informers that the controllers of one manager named, before it runs. */
export interface Registry {
  /** Makes what a definition names: its kinds and their indexes. */
  register(part: ControllerDefinition<KubeObject>): void
  /** The stores as that definition sees them: of its own kind, the one with its selector. */
  storesFor(part?: ControllerDefinition<KubeObject>): Stores
  readonly informers: readonly Informer<KubeObject>[]
}

const everything = ''

export const createRegistry = (cache: Cache): Registry => {
  /** Selectors by kind. */
  const selectors = new Map<string, Set<string>>()
  const informers = new Set<Informer<KubeObject>>()

  const add = (resource: AnyResource, selector = everything): void => {
    const kind = kindOf(resource)
    selectors.set(kind, (selectors.get(kind) ?? new Set()).add(selector))
    informers.add(informerOf(cache, resource, selector))
  }

  const choose = (resource: AnyResource, part: ControllerDefinition<KubeObject> | undefined): string => {
    const kind = kindOf(resource)
    const known = selectors.get(kind)
    if (!known) throw new Error(`no controller of this manager names ${kind} in for, owns, watches, reads or indexes: add it to reads`)
    if (part?.selector !== undefined && kindOf(part.for) === kind) return part.selector
    const [only, ...more] = known
    if (known.has(everything) || only === undefined) return everything
    if (more.length > 0) throw new Error(`${kind} is followed with several selectors, none of them this controller's: add it to reads`)
    return only
  }

  return {
    register(part) {
      add(part.for, part.selector)
      for (const resource of part.owns ?? []) add(resource)
      for (const { resource } of part.watches ?? []) add(resource)
      for (const resource of part.reads ?? []) add(resource)
      for (const { resource } of part.indexes ?? []) if (!selectors.has(kindOf(resource))) add(resource)
      for (const index of part.indexes ?? []) {
        for (const selector of selectors.get(kindOf(index.resource)) ?? []) {
          informerOf(cache, index.resource, selector).addIndex(index.name, index.values)
        }
      }
    },
    storesFor: part => ({
      store: <U extends KubeObject>(resource: Resource<U>) => informerOf(cache, resource, choose(resource, part)).store,
    }),
    get informers() {
      return [...informers]
    },
  }
}

export const informerOf = <T extends KubeObject>(cache: Cache, resource: Resource<T>, selector: string = everything): Informer<T> =>
  cache.informer(resource, selector === everything ? {} : { selector })

const kindOf = (resource: AnyResource): string => `${resource.plural} (${apiVersionOf(resource)})`
