import { type Answer, invalid, ok, refused, type Request } from '../wire/index.ts'
import { filterOf } from './filter.ts'
import { describeVm, describeWork } from './describe.ts'
import type { Project } from './project.ts'

/** "Acceptable values are 0 to 500, inclusive. (Default: 500)" */
const mostResults = 500

/**
 * https://cloud.google.com/compute/docs/reference/rest/v1/instances/aggregatedList: pages cut across zones; a zone with nothing on a page
 * says so in a warning; a zone that can't be reached fails the list, or with `returnPartialSuccess` is among `unreachables`.
 */
export const aggregatedList = (
  project: Project,
  { query }: Request,
  { zones, hidden, pageSize }: { readonly zones: readonly string[]; readonly hidden: ReadonlySet<string>; readonly pageSize: number },
): Answer => {
  const filter = filterOf(query.get('filter') ?? '')
  const limit = Number(query.get('maxResults') ?? mostResults)
  if (!filter) return invalid("Invalid value for field 'filter'.")
  if (!(limit >= 0 && limit <= mostResults)) return invalid("Invalid value for field 'maxResults'.")
  const partial = query.get('returnPartialSuccess') === 'true'
  if (hidden.size > 0 && !partial) return refused(503, 'backendError', 'Backend error: zone is unreachable')
  const found = [...project.vms]
    .filter(({ zone }) => !hidden.has(zone))
    .map(vm => ({ id: vm.id, zone: vm.zone, shown: describeVm(project, vm) }))
    .filter(({ shown }) => filter(shown))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
  // A token holds its place while others come and go.
  const after = query.get('pageToken') ?? ''
  const rest = found.filter(({ id }) => id > after)
  const page = rest.slice(0, Math.min(limit, pageSize))
  const last = page.at(-1)
  return ok({
    kind: 'compute#instanceAggregatedList',
    items: Object.fromEntries(
      zones
        .filter(zone => !hidden.has(zone))
        .map(zone => {
          const instances = page.filter(each => each.zone === zone).map(({ shown }) => shown)
          const nothing = {
            warning: { code: 'NO_RESULTS_ON_PAGE', message: `There are no results for scope 'zones/${zone}' on this page.` },
          }
          return [`zones/${zone}`, instances.length > 0 ? { instances } : nothing]
        }),
    ),
    ...(hidden.size > 0 && { unreachables: [...hidden].map(zone => `zones/${zone}`) }),
    ...(rest.length > page.length && last && { nextPageToken: last.id }),
  })
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
