import type { Call, Scope } from '@kube-node/core/provider'
import { type Google, type Operation, ended, pagesOf } from '@kube-node/provider-gce/google'
import { nameIn } from '@kube-node/provider-gce/instances'
import type { AggregatedManagers, GroupManager, ManagedInstance, ManagedInstances } from './resources.ts'

/** Where a group manager is, as a pool names it. */
export interface ManagerPlace {
  readonly project: string
  readonly zone: string
  readonly name: string
}

/** Pure: of a URL in `instanceGroupUrls`. Older pools name instanceGroups, which have the names of their managers. */
export const placeOf = (url: string): ManagerPlace | undefined => {
  const pattern = /projects\/(?<project>[^/]+)\/zones\/(?<zone>[^/]+)\/instanceGroup(Manager)?s\/(?<name>[^/]+)$/
  const { project, zone, name } = pattern.exec(url)?.groups ?? {}
  return project !== undefined && zone !== undefined && name !== undefined ? { project, zone, name } : undefined
}

export const keyOf = ({ zone, name }: Pick<ManagerPlace, 'zone' | 'name'>): string => `${zone}/${name}`

const pathOf = ({ project, zone, name }: ManagerPlace): string => `projects/${project}/zones/${zone}/instanceGroupManagers/${name}`

export interface FoundManagers {
  /** By zone and name. */
  readonly managers: ReadonlyMap<string, GroupManager>
  /** Zones that could not be asked. */
  readonly missing: ReadonlySet<string>
}

/** All of a project, in one list: two questions for each pool and zone would be one too many. */
export const findManagers = async (google: Google, project: string, call: Call): Promise<FoundManagers> => {
  const managers = new Map<string, GroupManager>()
  const missing = new Set<string>()
  const path = `projects/${project}/aggregated/instanceGroupManagers`
  const question = { method: 'GET', path, query: { returnPartialSuccess: true } } as const
  for await (const page of pagesOf<AggregatedManagers>(google, 'instanceGroupManagers.aggregatedList', question, call)) {
    for (const scope of page.unreachables ?? []) missing.add(nameIn(scope))
    for (const [scope, { instanceGroupManagers = [], warning }] of Object.entries(page.items ?? {})) {
      if (warning?.code !== undefined && warning.code !== 'NO_RESULTS_ON_PAGE') missing.add(nameIn(scope))
      for (const manager of instanceGroupManagers) managers.set(keyOf({ zone: nameIn(manager.zone ?? scope), name: manager.name }), manager)
    }
  }
  return { managers, missing }
}

export const getManager = (google: Google, place: ManagerPlace, call: Call): Promise<GroupManager> =>
  google.ask<GroupManager>('instanceGroupManagers.get', { method: 'GET', path: pathOf(place) }, call)

/** Those that it has, makes and takes away. */
export const listManaged = async (google: Google, place: ManagerPlace, call: Call): Promise<readonly ManagedInstance[]> => {
  const found: ManagedInstance[] = []
  const question = { method: 'POST', path: `${pathOf(place)}/listManagedInstances` } as const
  const pages = pagesOf<ManagedInstances>(google, 'instanceGroupManagers.listManagedInstances', question, call)
  for await (const { managedInstances = [] } of pages) found.push(...managedInstances)
  return found
}

/** What deleteInstances and createInstances take at most. */
const mostInstances = 1_000

/** The target shrinks by each one. Who is no member, or goes already, is passed over. */
export const deleteInstances = async (google: Google, place: ManagerPlace, names: readonly string[], call: Call): Promise<void> => {
  const urls = names.map(name => `zones/${place.zone}/instances/${name}`)
  for (let at = 0; at < urls.length; at += mostInstances) {
    await order(
      google,
      place,
      'deleteInstances',
      { instances: urls.slice(at, at + mostInstances), skipInstancesOnValidationError: true },
      call,
    )
  }
}

/** The target grows by each one: whatever somebody else does to it at the same moment, it shrinks by nobody. */
export const createInstances = async (google: Google, place: ManagerPlace, names: readonly string[], call: Call): Promise<void> => {
  for (let at = 0; at < names.length; at += mostInstances) {
    await order(google, place, 'createInstances', { instances: names.slice(at, at + mostInstances).map(name => ({ name })) }, call)
  }
}

/** Followed until it is scheduled, which is when Google says whether it takes the order; what comes of it a list tells. */
const order = async (google: Google, place: ManagerPlace, verb: string, body: object, call: Call): Promise<void> => {
  const { project, zone } = place
  const method = `instanceGroupManagers.${verb}`
  const scope: Scope = { zone }
  const begun = await google.ask<Operation>(method, { method: 'POST', path: `${pathOf(place)}/${verb}`, body, scope }, call)
  await ended(google, method, `projects/${project}/zones/${zone}`, begun, call, scope)
}
