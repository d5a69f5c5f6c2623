import type { JsonObject } from '../objects/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import type { User } from './user.ts'

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

/** One request about objects, understood but not yet judged. */
export interface Call {
  readonly verb: Verb
  readonly definition: ResourceDefinition
  /** Undefined for cluster-scoped kinds, and for lists over all namespaces. */
  readonly namespace: string | undefined
  /** Empty for collections. */
  readonly name: string
  /** Empty for the object itself. */
  readonly subresource: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  /** Frozen JSON. */
  readonly body: unknown
  readonly user: User
  /** Verbs add what the client should be warned of. */
  readonly warnings: string[]
  /** Decoding adds the fields at the top of the object that are given as empty maps, and left out of it. */
  readonly emptyMaps: Set<string>
}

/** What a verb answers. */
export type Outcome =
  | { readonly type: 'object'; readonly status: number; readonly object: JsonObject }
  | { readonly type: 'list'; readonly objects: readonly JsonObject[]; readonly metadata: JsonObject }

export const ok = (object: JsonObject): Outcome => ({ type: 'object', status: 200, object })
