import type { KubeObject, Resource } from '../api/index.ts'
import type { Key } from '../kube/index.ts'
import type { Controller, ControllerDefinition, ErasedIndex, Index, Stores, Watch } from './definition.ts'

/**
 * A controller with one reconciler, for `manager.add`.
 *
 * @example
 * defineController({
 *   name: 'widgets',
 *   for: Widgets,
 *   owns: [Pods],
 *   async reconcile({ object, client, store }) { ... },
 * })
 */
export const defineController = <T extends KubeObject>(definition: ControllerDefinition<T>): Controller => ({
  name: definition.name,
  parts: [erase(definition)],
})

/**
 * One reconciler for a controller that has several: forgets the type of its objects.
 * The cast is true by construction: a manager gives a definition only objects of the resource that it names.
 */
export const erase = <T extends KubeObject>(definition: ControllerDefinition<T>): ControllerDefinition<KubeObject> =>
  definition as unknown as ControllerDefinition<KubeObject>

/** Wakes keys when an object of another kind changes. `keys` is also asked for what is there at the start, with `old` undefined. */
export const watch = <T extends KubeObject>(
  resource: Resource<T>,
  keys: (object: T, old: T | undefined, stores: Stores) => readonly Key[],
): Watch => ({ resource, keys })

/** Files the objects of a kind under the values that `values` gives, for `store(resource).by(name, value)`. */
export const index = <T extends KubeObject>(definition: Index<T>): ErasedIndex => definition
