import { jsonObject } from './border.ts'
import type { Patch } from './client.types.ts'
import type { Json } from './transport.ts'

/** What the object must still be for a write to take place. */
export interface Precondition {
  readonly uid?: string
  readonly resourceVersion?: string
  /** What single fields must still be. With a JSON patch only: the others know no such condition. */
  readonly fields?: readonly FieldValue[]
}

/** A field as it was when the write was decided on: names and indexes on the way to it, and undefined where it is missing. */
export interface FieldValue {
  readonly path: readonly string[]
  readonly value: Json | undefined
}

/** The path in the notation of JSON patches (RFC 6901). */
export const pointerTo = (path: readonly string[]): string =>
  path.map(part => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

export interface EncodedPatch {
  readonly contentType: string
  readonly body: Json
  readonly query: Readonly<Record<string, string>>
}

/**
 * A patch as it goes over the wire. Kubernetes has no preconditions for patches but these: a resourceVersion or uid inside the
 * patch that differs from the object's makes it fail, and so does a `test` in a JSON patch.
 * @throws TypeError for conditions on fields beside a patch that is no JSON patch.
 */
export const encodePatch = (patch: Patch, on: Precondition = {}): EncodedPatch => {
  if (on.fields !== undefined && !('json' in patch)) throw new TypeError('only a JSON patch can be conditional on single fields')
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

const withMetadata = (body: Json, { resourceVersion, uid }: Precondition): Json => {
  if (uid === undefined && resourceVersion === undefined) return body
  const own = { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) }
  const object = jsonObject(body)
  if (object === undefined) throw new TypeError('a patch with preconditions must be an object')
  return { ...object, metadata: { ...jsonObject(object.metadata), ...own } }
}

const tests = (on: Precondition): Json[] => [
  ...(on.uid === undefined ? [] : [{ op: 'test', path: '/metadata/uid', value: on.uid }]),
  ...(on.resourceVersion === undefined ? [] : [{ op: 'test', path: '/metadata/resourceVersion', value: on.resourceVersion }]),
  // kube-apiserver's library holds that a member which is not there is null (github.com/evanphx/json-patch, v4).
  ...(on.fields ?? []).map(({ path, value }) => ({ op: 'test', path: pointerTo(path), value: value ?? null })),
]
