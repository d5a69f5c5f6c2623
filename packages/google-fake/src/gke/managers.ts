import { type ListOptions, type Route, aggregate, describeWork } from '../compute/index.ts'
import { type Answer, type Request, asJson, asText, invalid, notFound, ok, unreachable } from '../wire/index.ts'
import { describeManaged, describeManager } from './describe.ts'
import { type Gke, type Managed, type Manager, addMember, dropMember } from './state.ts'

/** instanceGroupManagers of Compute Engine. Undefined: no such method. */
export const managerRoute = (gke: Gke, request: Request, options: ListOptions): Route | undefined => {
  const [, , first, second, third, name, verb] = request.path
  if (first === 'aggregated' && second === 'instanceGroupManagers') {
    return { method: 'instanceGroupManagers.aggregatedList', run: () => listManagers(gke, request, options) }
  }
  if (first !== 'zones' || third !== 'instanceGroupManagers') return undefined
  const on = (method: string, run: (manager: Manager) => Answer): Route => ({
    method: `instanceGroupManagers.${method}`,
    run: () => {
      if (options.hidden.has(second ?? '')) return unreachable
      const manager = managersOf(gke).find(each => each.zone === second && each.name === name)
      return manager ? run(manager) : notFound(`projects/${gke.project.id}/zones/${second}/instanceGroupManagers/${name}`)
    },
  })
  if (verb === undefined && request.method === 'GET') return on('get', manager => ok(describeManager(gke, manager)))
  if (verb === 'listManagedInstances') return on(verb, manager => listManaged(gke, manager, request, options.pageSize))
  if (verb === 'deleteInstances') return on(verb, manager => deleteInstances(gke, manager, request))
  if (verb === 'createInstances') return on(verb, manager => createInstances(gke, manager, request))
  return undefined
}

const managersOf = ({ cluster }: Gke): readonly Manager[] => [...cluster.pools.values()].flatMap(({ managers }) => managers)

/** https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers/aggregatedList */
const listManagers = (gke: Gke, request: Request, options: ListOptions): Answer => {
  const all = managersOf(gke).map(manager => ({
    zone: manager.zone,
    key: `${manager.zone}/${manager.name}`,
    shown: describeManager(gke, manager),
  }))
  return aggregate('instanceGroupManagers', all, request, options)
}

/** https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers/listManagedInstances */
const listManaged = (gke: Gke, manager: Manager, { query }: Request, pageSize: number): Answer => {
  const after = query.get('pageToken') ?? ''
  const rest = [...manager.members].filter(({ name }) => name > after).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const page = rest.slice(0, pageSize)
  return ok({
    managedInstances: page.map(member => describeManaged(gke, manager, member)),
    ...(rest.length > page.length && { nextPageToken: page.at(-1)?.name }),
  })
}

/**
 * "reduces the targetSize of the managed instance group by the number of instances that you delete"; with
 * `skipInstancesOnValidationError` what is no member, or goes already, is passed over, else all is refused.
 * https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers/deleteInstances
 */
const deleteInstances = (gke: Gke, manager: Manager, { body }: Request): Answer => {
  const named = Array.isArray(body['instances']) ? body['instances'].map(asText) : []
  if (named.length > 1_000) return invalid("Invalid value for field 'instances': at most 1000 instances are allowed.")
  const found: Managed[] = []
  for (const link of named) {
    const { zone, name } = /zones\/(?<zone>[^/]+)\/instances\/(?<name>[^/]+)$/.exec(link)?.groups ?? {}
    if (zone !== manager.zone) return invalid(`Invalid value for field 'instances': '${link}'. The URL is malformed.`)
    const member = [...manager.members].find(each => each.name === name && each.action !== 'DELETING')
    if (member) found.push(member)
    else if (body['skipInstancesOnValidationError'] !== true)
      return invalid(`Invalid value for field 'instances': '${link}'. Instance is not a member of the group.`)
  }
  for (const member of new Set(found)) {
    manager.targetSize -= 1
    dropMember(gke, manager, member)
  }
  return accepted(gke, manager, 'compute.instanceGroupManagers.deleteInstances')
}

/**
 * Members of the names that are given, by which the target grows; a name that is taken is refused.
 * https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers/createInstances
 */
const createInstances = (gke: Gke, manager: Manager, { body }: Request): Answer => {
  const names = Array.isArray(body['instances']) ? body['instances'].map(each => asText(asJson(each)['name'])) : []
  const taken = names.find(name => [...manager.members].some(each => each.name === name) || gke.project.find(manager.zone, name))
  if (taken !== undefined) return invalid(`Invalid value for field 'instances[].name': '${taken}'. Instance already exists.`)
  for (const name of names) addMember(gke, manager, name)
  manager.targetSize += names.length
  return accepted(gke, manager, 'compute.instanceGroupManagers.createInstances')
}

/** "The operation is marked DONE when the action is scheduled": what it comes to is to be asked of listManagedInstances. */
const accepted = ({ project, tookMs }: Gke, { zone, name }: Manager, kind: string): Answer =>
  ok(
    describeWork(
      project,
      project.operations.begin({ kind, zone, target: name, targetId: '0' }, { tookMs }, () => undefined),
    ),
  )
