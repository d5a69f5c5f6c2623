import { Namespaces } from '../../api/index.ts'
import type { ManagerContext } from '../../engine/index.ts'
import { type ProviderSession, type Providers, shareSession } from '../../inventory/index.ts'
import { type Memory, createMemory } from './memory.ts'
import { type Sizes, createSizes } from './places.ts'

/** All that exists while a manager leads, and dies when it does not. */
export interface GroupLife {
  readonly providers: Providers
  readonly session: ProviderSession
  readonly memory: Memory
  readonly sizes: Sizes
  /** UID of the kube-system namespace. */
  readonly cluster: string
  readonly controller: string
  readonly garbage: 'delete' | 'report'
}

export interface GroupLifeOptions {
  readonly providers: Providers
  readonly controller: string
  /** Default `delete`. */
  readonly garbage?: 'delete' | 'report'
  readonly namespace?: string
}

/** Undefined where no provider manages groups. */
export const openGroupLife = async (
  context: ManagerContext,
  { providers, controller, garbage = 'delete', namespace = 'kube-node-system' }: GroupLifeOptions,
): Promise<GroupLife | undefined> => {
  if (!providers.names.some(name => providers.get(name)?.kind === 'groups')) return undefined
  const system = await context.client.get(Namespaces, { name: 'kube-system' }, context.signal)
  const cluster = system?.metadata?.uid
  if (cluster === undefined) throw new Error('this cluster has no namespace kube-system, whose UID names it on every group')
  const session = shareSession({ providers, context, cluster, namespace })
  return { providers, session, cluster, controller, garbage, memory: createMemory(context.runtime), sizes: createSizes() }
}
