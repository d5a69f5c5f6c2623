import type { GroupConnection, OpaqueConfig } from '@kube-node/core/provider'
import type { Need } from '../suite/index.ts'
import type { GroupCloud } from './world.ts'

/** The methods of a connection that core does without. */
export type OptionalGroupMethod = Exclude<keyof GroupConnection<OpaqueConfig>, 'list' | 'resize' | 'remove' | symbol>

export const optionalGroupMethods: readonly OptionalGroupMethod[] = ['account', 'create', 'destroy', 'update']

/** What a cloud under test may be able to do, beside what every one must. */
export type GroupAbility = Exclude<keyof GroupCloud, 'createGroup' | 'truth' | 'resize'>

/** What a provider of groups promises, and what its author's cloud can show; itself checked against both. */
export interface GroupManifest {
  /** What a NodeClass writes in `spec.provider`. */
  readonly name: string
  /** It takes a Secret. */
  readonly credentials: boolean
  readonly methods?: readonly OptionalGroupMethod[]
  readonly cloud?: readonly GroupAbility[]
  /** Groups in a page of a list at the author's cloud. Make it small there: two or three. */
  readonly pageSize?: number
}

type N = Need<GroupManifest>

export const ability = (...abilities: readonly GroupAbility[]): N => ({
  met: manifest => abilities.every(each => manifest.cloud?.includes(each)),
  because: `the cloud under test lacks ${abilities.join(' or ')}`,
})
export const method = (...names: readonly OptionalGroupMethod[]): N => ({
  met: ({ methods }) => names.every(name => methods?.includes(name)),
  because: `the provider has no ${names.join(' or no ')}`,
})
export const takesCredentials: N = { met: ({ credentials }) => credentials, because: 'the provider takes no credentials' }
export const knowsPageSize: N = { met: ({ pageSize }) => pageSize !== undefined, because: 'the manifest names no pageSize' }
