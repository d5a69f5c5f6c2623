import { jsonObject } from './border.ts'
import type { Patch } from './client.types.ts'
import type { Json } from './transport.ts'

/** What the object must still be for a write to take place. */
export interface Precondition {
  readonly uid?: string
  readonly resourceVersion?: string
}

export interface EncodedPatch {
  readonly contentType: string
  readonly body: Json
  readonly query: Readonly<Record<string, string>>
}

/**
 * A patch as it goes over the wire. Kubernetes has no preconditions for patches but this: a resourceVersion or uid inside the
 * patch that differs from the object's makes it fail.
 */
export const encodePatch = (patch: Patch, on: Precondition = {}): EncodedPatch => {
  if ('merge' in patch) return { contentType: 'application/merge-patch+json', body: withMetadata(patch.merge, on), query: {} }
  if ('strategic' in patch) {
    return { contentType: 'application/strategic-merge-patch+json', body: withMetadata(patch.strategic, on), query: {} }
  }
  if ('json' in patch) return { contentType: 'application/json-patch+json', body: [...tests(on), ...patch.json], query: {} }
  return {
    // JSON is YAML; the +json name of this type is not taken by every server.
    contentType: 'application/apply-patch+yaml',
    body: withMetadata(patch.apply, on),
    query: patch.force ? { force: 'true' } : {},
  }
}

const withMetadata = (body: Json, on: Precondition): Json => {
  if (on.uid === undefined && on.resourceVersion === undefined) return body
  const object = jsonObject(body)
  if (object === undefined) throw new TypeError('a patch with preconditions must be an object')
  return { ...object, metadata: { ...jsonObject(object.metadata), ...on } }
}

const tests = (on: Precondition): Json[] => [
  ...(on.uid === undefined ? [] : [{ op: 'test', path: '/metadata/uid', value: on.uid }]),
  ...(on.resourceVersion === undefined ? [] : [{ op: 'test', path: '/metadata/resourceVersion', value: on.resourceVersion }]),
]
