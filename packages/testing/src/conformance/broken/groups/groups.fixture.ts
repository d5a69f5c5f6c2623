import { type Call, type Group, type GroupConnection, type GroupProvider, type OpaqueConfig, ProviderError } from '@kube-node/core/provider'
import type { SimulatedCloud } from '../../../cloud/index.ts'
import type { SimulatedGroupWorldOptions } from '../../groups.fixture.ts'
import type { GroupManifest } from '../../index.ts'

type Good = GroupConnection<OpaqueConfig>

/** A provider of groups with one defect, and the tests that must find it. */
export interface BrokenGroups {
  readonly over: NonNullable<SimulatedGroupWorldOptions['over']>
  readonly provider?: NonNullable<SimulatedGroupWorldOptions['provider']>
  readonly manifest?: Partial<GroupManifest>
  /** Those that fail, all others pass. */
  readonly fails: readonly string[]
}

/** The same provider, some of whose methods do something else. */
export const instead =
  (change: (good: Good, cloud: SimulatedCloud, credentials: unknown) => Partial<Good>): BrokenGroups['over'] =>
  (provider, cloud) => ({
    ...provider,
    definition: {
      ...provider.definition,
      connect(context) {
        const good = provider.definition.connect(context)
        return { ...good, ...change(good, cloud, context.credentials) }
      },
    },
  })

/** The same provider, some of whose declarations are others. */
export const declaring =
  (more: Partial<GroupProvider['definition']>): BrokenGroups['over'] =>
  provider => ({ ...provider, definition: { ...provider.definition, ...more } })

/** The same provider, whose lists show groups differently. */
export const showing = (change: (group: Group, cloud: SimulatedCloud) => Group | readonly Group[]): BrokenGroups['over'] =>
  instead((good, cloud) => ({ list: call => changed(good, call, group => change(group, cloud)) }))

async function* changed(good: Good, call: Call, change: (group: Group) => Group | readonly Group[]): ReturnType<Good['list']> {
  for await (const page of good.list(call)) yield { ...page, items: page.items.flatMap(change) }
}

/** A resize, whatever the size was seen to be. */
export const resizeNow = (good: Good, cloud: SimulatedCloud): Good['resize'] =>
  async function resize(group, size, call) {
    await good.resize({ ...group, size: cloud.groups.get(group.id)?.size ?? group.size }, size, call)
  }

export const plain = (error: unknown): never => {
  throw ProviderError.is(error) ? new Error(error.message) : error
}
