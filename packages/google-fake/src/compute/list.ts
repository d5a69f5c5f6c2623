import { type Answer, type Json, type Request, invalid, ok, unreachable } from '../wire/index.ts'
import { filterOf } from './filter.ts'
import { describeVm, describeWork } from './describe.ts'
import type { Project } from './project.ts'

/** "Acceptable values are 0 to 500, inclusive. (Default: 500)" */
const mostResults = 500

export interface ListOptions {
  readonly zones: readonly string[]
  /** Those that can't be reached. */
  readonly hidden: ReadonlySet<string>
  readonly pageSize: number
}

/** What a list shows of one zone. */
export interface Scoped {
  readonly zone: string
  /** Its place in the order of the list. */
  readonly key: string
  readonly shown: Json
}

/**
 * https://cloud.google.com/compute/docs/reference/rest/v1/instances/aggregatedList, and as that one the others: pages cut across zones; a
 * zone with nothing on a page says so in a warning; a zone that can't be reached fails the list, or with `returnPartialSuccess` is among
 * `unreachables`.
 */
export const aggregate = (
  collection: 'instances' | 'instanceGroupManagers',
  all: readonly Scoped[],
  { query }: Request,
  { zones, hidden, pageSize }: ListOptions,
): Answer => {
  const limit = Number(query.get('maxResults') ?? mostResults)
  if (!(limit >= 0 && limit <= mostResults)) return invalid("Invalid value for field 'maxResults'.")
  if (hidden.size > 0 && query.get('returnPartialSuccess') !== 'true') return unreachable
  // A token holds its place while others come and go.
  const after = query.get('pageToken') ?? ''
  const rest = all.filter(({ key, zone }) => key > after && !hidden.has(zone)).toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const page = rest.slice(0, Math.min(limit, pageSize))
  const last = page.at(-1)
  return ok({
    kind: `compute#${collection.slice(0, -1)}AggregatedList`,
    items: Object.fromEntries(
      zones
        .filter(zone => !hidden.has(zone))
        .map(zone => {
          const found = page.filter(each => each.zone === zone).map(({ shown }) => shown)
          const nothing = {
            warning: { code: 'NO_RESULTS_ON_PAGE', message: `There are no results for scope 'zones/${zone}' on this page.` },
          }
          return [`zones/${zone}`, found.length > 0 ? { [collection]: found } : nothing]
        }),
    ),
    ...(hidden.size > 0 && { unreachables: [...hidden].map(zone => `zones/${zone}`) }),
    ...(rest.length > page.length && last && { nextPageToken: last.key }),
  })
}

export const listInstances = (project: Project, request: Request, options: ListOptions): Answer => {
  const filter = filterOf(request.query.get('filter') ?? '')
  if (!filter) return invalid("Invalid value for field 'filter'.")
  const all = [...project.vms].map(vm => ({ zone: vm.zone, key: vm.id, shown: describeVm(project, vm) }))
  return aggregate(
    'instances',
    all.filter(({ shown }) => filter(shown)),
    request,
    options,
  )
}

/** https://cloud.google.com/compute/docs/reference/rest/v1/zoneOperations/list: by name, or with `orderBy` the newest first. */
export const listOperations = (project: Project, zone: string, { query }: Request, pageSize: number): Answer => {
  const filter = filterOf(query.get('filter') ?? '')
  const orderBy = query.get('orderBy') ?? 'name'
  if (!filter) return invalid("Invalid value for field 'filter'.")
  if (orderBy !== 'name' && orderBy !== 'creationTimestamp desc') return invalid("Invalid value for field 'orderBy'.")
  const works = project.operations.all().filter(work => work.zone === zone)
  const found = (
    orderBy === 'name' ? works.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : works.toSorted((a, b) => b.begunAt - a.begunAt)
  )
    .map(work => describeWork(project, work))
    .filter(filter)
  const begin = Number(query.get('pageToken') ?? 0)
  const end = begin + Math.min(Number(query.get('maxResults') ?? mostResults), pageSize)
  return ok({
    kind: 'compute#operationList',
    items: found.slice(begin, end),
    ...(end < found.length && { nextPageToken: String(end) }),
  })
}
