import type { Duration, MachineConnection, MachineDefinition, OpaqueConfig, Schema } from '@kube-node/core/provider'
import type { Need } from '../suite/index.ts'
import type { FakeCloud } from './world.ts'

type Definition = MachineDefinition<Schema<OpaqueConfig>, Schema, string>

/** The methods of a connection that core does without. */
export type OptionalMethod = Exclude<keyof MachineConnection<OpaqueConfig>, 'create' | 'list' | 'delete' | symbol>

export const optionalMethods: readonly OptionalMethod[] = [
  'account',
  'adopt',
  'get',
  'createMany',
  'deleteMany',
  'configure',
  'resolve',
  'drift',
  'capacity',
  'interruptions',
]

export type CloudAbility = keyof FakeCloud

/** The abilities that bring a create to an error by themselves. */
const faults: readonly CloudAbility[] = ['refusedCredentials', 'loseAnswer', 'stockout', 'throttle', 'outage', 'garble']

/**
 * What a provider promises, and what its author's cloud can show. It decides which tests apply, and is itself checked
 * against the provider: nothing can be left out by forgetting it here.
 */
export interface MachineManifest {
  /** What a NodeClass writes in `spec.provider`. */
  readonly name: string
  readonly idempotency: Definition['idempotency']
  readonly bootstrap: Definition['bootstrap']
  /** Who says what a machine's Node is called. Default `claim`. */
  readonly nodeNames?: 'claim' | 'cloud'
  /** It takes a Secret; `optional`: and has credentials of its own where a class names none. */
  readonly credentials: boolean | 'optional'
  /** Bytes, where the provider declares a limit. */
  readonly maxUserData?: number
  /** The optional methods that its connections have. */
  readonly methods?: readonly OptionalMethod[]
  /** What the author's cloud can do for the tests. */
  readonly cloud?: readonly CloudAbility[]
  /** Machines in a page of a list at the author's cloud. Make it small there: two or three. */
  readonly pageSize?: number
  /** How long after a delete a machine may still be seen alive. Default 5m. */
  readonly goneWithin?: Duration
}

type N = Need<MachineManifest>

export const idempotentBy = (...ways: readonly MachineManifest['idempotency'][]): N => ({
  met: ({ idempotency }) => ways.includes(idempotency),
  because: `it is about idempotency by ${ways.join(' or ')}, and the provider declares another`,
})
export const bootstrapBy = (...ways: readonly MachineManifest['bootstrap'][]): N => ({
  met: ({ bootstrap }) => ways.includes(bootstrap),
  because: `it is about bootstrap by ${ways.join(' or ')}, and the provider declares another`,
})
export const namedBy = (who: 'claim' | 'cloud'): N => ({
  met: ({ nodeNames = 'claim' }) => nodeNames === who,
  because: who === 'cloud' ? 'the cloud does not dictate the names of nodes' : 'the cloud dictates the names of nodes',
})
export const cloud = (...abilities: readonly CloudAbility[]): N => ({
  met: manifest => abilities.every(ability => manifest.cloud?.includes(ability)),
  because: `the cloud under test lacks ${abilities.join(' or ')}`,
})
export const anyFault: N = {
  met: manifest => faults.some(fault => manifest.cloud?.includes(fault)),
  because: `the cloud under test lacks every one of ${faults.join(', ')}`,
}
export const method = (name: OptionalMethod): N => ({
  met: ({ methods }) => methods?.includes(name) ?? false,
  because: `the provider has no ${name}`,
})
export const takesCredentials: N = { met: ({ credentials }) => credentials !== false, because: 'the provider takes no credentials' }
export const limitsUserData: N = { met: ({ maxUserData }) => maxUserData !== undefined, because: 'the provider declares no maxUserData' }
export const knowsPageSize: N = { met: ({ pageSize }) => pageSize !== undefined, because: 'the manifest names no pageSize' }
