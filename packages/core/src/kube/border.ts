import { type AnyResource, type KubeObject, type Resource, apiVersionOf } from '../api/index.ts'
import { TransportError } from './errors.ts'
import type { Json } from './transport.ts'

/** JSON that is an object, or undefined. */
export const jsonObject = (json: Json | undefined): { readonly [key: string]: Json | undefined } | undefined =>
  // Array.isArray does not narrow readonly arrays away, so the compiler can't see that none is left.
  typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as { readonly [key: string]: Json | undefined }) : undefined

/**
 * An object as it came from an API server, with the apiVersion and kind that lists leave out.
 * @throws TransportError when it is no object at all: something else than an API server answered.
 */
export const objectFrom = <T extends KubeObject>(json: Json | undefined, resource: Resource<T>): T => {
  const object = jsonObject(json)
  if (object === undefined) throw new TransportError(`what came is not a ${resource.kind}: is this an API server?`, { cause: undefined })
  const whole =
    object.kind === undefined || object.apiVersion === undefined
      ? { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object }
      : object
  // The border: that its fields are what T says is the promise of the server's schema for this kind.
  return whole as unknown as T
}

/** An object as it goes to an API server, with the apiVersion and kind that callers may leave out. */
export const jsonOf = (object: KubeObject, resource: AnyResource): Json =>
  // The border: a KubeObject is JSON by contract; interfaces have no index signature to prove it.
  ({ apiVersion: apiVersionOf(resource), kind: resource.kind, ...object }) as unknown as Json
