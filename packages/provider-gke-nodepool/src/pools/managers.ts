import type { Call, Scope } from '@kube-node/core/provider'
import { type Google, type Operation, ended } from '@kube-node/provider-gce/google'
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

/** What Google gives at most. */
const maxResults = 500

/** All of a project, in one list: two questions for each pool and zone would be one too many. */
export const findManagers = async (google: Google, project: string, call: Call): Promise<FoundManagers> => {
  const managers = new Map<string, GroupManager>()
  const missing = new Set<string>()
  let pageToken: string | undefined
  do {
    const query = { maxResults, returnPartialSuccess: true, ...(pageToken !== undefined && { pageToken }) }
    const path = `projects/${project}/aggregated/instanceGroupManagers`
    const page = await google.ask<AggregatedManagers>('instanceGroupManagers.aggregatedList', { method: 'GET', path, query }, call)
    for (const scope of page.unreachables ?? []) missing.add(nameIn(scope))
    for (const [scope, { instanceGroupManagers = [], warning }] of Object.entries(page.items ?? {})) {
      if (warning?.code !== undefined && warning.code !== 'NO_RESULTS_ON_PAGE') missing.add(nameIn(scope))
      for (const manager of instanceGroupManagers) managers.set(keyOf({ zone: nameIn(manager.zone ?? scope), name: manager.name }), manager)
    }
    call.signal.throwIfAborted()
    pageToken = page.nextPageToken || undefined
  } while (pageToken !== undefined)
  return { managers, missing }
}

export const getManager = (google: Google, place: ManagerPlace, call: Call): Promise<GroupManager> =>
  google.ask<GroupManager>('instanceGroupManagers.get', { method: 'GET', path: pathOf(place) }, call)

/** Those that it has, makes and takes away. */
export const listManaged = async (google: Google, place: ManagerPlace, call: Call): Promise<readonly ManagedInstance[]> => {
  const found: ManagedInstance[] = []
  let pageToken: string | undefined
  do {
    const query = { maxResults, ...(pageToken !== undefined && { pageToken }) }
    const question = { method: 'POST', path: `${pathOf(place)}/listManagedInstances`, query } as const
    const page = await google.ask<ManagedInstances>('instanceGroupManagers.listManagedInstances', question, call)
    found.push(...(page.managedInstances ?? []))
    call.signal.throwIfAborted()
    pageToken = page.nextPageToken || undefined
  } while (pageToken !== undefined)
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
