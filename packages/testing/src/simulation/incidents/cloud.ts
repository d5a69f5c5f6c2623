import { nameOf } from '@kube-node/core/api'
import { clusterUid, region, zones } from '../estate.ts'
import { type Plays, among, byName, lasting } from './play.ts'

/** What befalls the cloud and everybody who calls it. */
export const cloudPlays: Plays<'cloud'> = {
  'cloud-down'(stage, { ms }) {
    stage.cloud.faults.unavailable(true)
    lasting(stage, ms, 'the outage of the cloud', () => stage.cloud.faults.unavailable(false))
    return `nobody can reach the cloud for ${ms} ms`
  },
  'zone-outage'(stage, { which, ms }) {
    const zone = among(zones, which) ?? ''
    stage.cloud.faults.zoneOutage(zone, true)
    lasting(stage, ms, `the outage of ${zone}`, () => stage.cloud.faults.zoneOutage(zone, false))
    return `zone ${zone} can't be asked for ${ms} ms`
  },
  throttle(stage, { which }) {
    const calls = 1 + Math.floor(which * 8)
    stage.cloud.faults.throttle(calls, { retryAfterMs: 2_000 })
    return `the cloud turns the next ${calls} calls away`
  },
  stockout(stage, { which, ms }) {
    const zone = among(zones, which) ?? ''
    const scope = { zone, instanceType: 'small', capacityType: 'on-demand' }
    stage.cloud.faults.stockout(scope)
    lasting(stage, ms, `the stockout in ${zone}`, () => stage.cloud.faults.restock(scope))
    return `${zone} is out of stock for ${ms} ms`
  },
  'empty-lists'(stage, { ms }) {
    stage.cloud.faults.emptyLists(true)
    stage.lies.until = Infinity
    stage.lies.recorded = stage.truth.recorded().size
    lasting(stage, ms, 'the empty lists', () => {
      stage.cloud.faults.emptyLists(false)
      stage.lies.until = stage.world.now
    })
    return `for ${ms} ms the cloud says that it has no machines at all`
  },
  'foreign-machine'(stage, { which }) {
    const node = among([...stage.truth.nodes.all.values()].sort(byName), which)
    const nodeName = node ? nameOf(node) : 'elsewhere'
    const cluster = clusterUid(stage.server)
    const kind = Math.floor(which * 30) % 3
    if (kind === 0) stage.cloud.createForeign({ account: 'main', region, zone: 'r1-a' })
    else {
      const owner = {
        cluster: kind === 1 ? 'another-cluster' : cluster,
        controller: kind === 1 ? 'kube-node.dev/controller' : 'example.org/other',
        claim: stage.world.runtime.uuid(),
        nodeName,
        attempt: 1,
      }
      stage.cloud.createForeign({ account: 'main', region, zone: 'r1-a', owner })
    }
    return `a machine of ${['nobody', 'another cluster', 'another controller'][kind] ?? ''} appears in the account`
  },
}
