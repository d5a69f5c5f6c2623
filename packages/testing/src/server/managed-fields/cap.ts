import { union } from './field-set.ts'
import { type Managed, type Managers, identityOf } from './managers.ts'

/** So many who update are told apart; the rest is one manager of old changes. */
const mostUpdaters = 10
const ancient = 'ancient-changes'

/** Puts the oldest updaters of a version together, as many as it takes. */
export const capUpdaters = (managers: Managers): Managers => {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update')
  if (updaters.length <= mostUpdaters) return managers
  const order = ([a, { time: left = '' }]: readonly [string, Managed], [b, { time: right = '' }]: readonly [string, Managed]): number =>
    left < right ? -1 : left > right ? 1 : a < b ? -1 : 1
  const capped = new Map(managers)
  const firsts = new Map<string, string>()
  let count = updaters.length
  for (const [id, managed] of updaters.sort(order)) {
    if (count <= mostUpdaters) break
    const { apiVersion, time } = managed
    const bucket: Managed = { manager: ancient, operation: 'Update', apiVersion, subresource: '', fields: managed.fields, time }
    const bucketId = identityOf(bucket)
    const first = firsts.get(apiVersion)
    if (first === undefined) {
      firsts.set(apiVersion, id)
      continue
    }
    const before = capped.get(bucketId) ?? capped.get(first)
    if (!capped.has(bucketId)) capped.delete(first)
    capped.delete(id)
    capped.set(bucketId, { ...bucket, fields: before === undefined ? managed.fields : union(managed.fields, before.fields) })
    count -= 1
  }
  return capped
}
