import { nameOf } from '@kube-node/core/api'
import type { KubeRequest } from '@kube-node/core/kube'
import { isDriving, memberIn } from '../groups/books.ts'
import type { Life } from '../life.ts'
import { followAvailability } from './availability.ts'
import type { Watch } from './invariant.ts'
import { followWishes } from './wishes.ts'

/**
 * 4: the Node of a member stays while its machine lives, or is a plain one again. 6: a manager deletes no available one unless enough
 * others stay.
 */
export const groupNodes: Watch = ({ world, cloud, truth, forced, scenario }, report) => {
  const wishes = followWishes(world, truth)
  const availability = followAvailability(world, truth)
  const { max = Infinity } = scenario.groups ?? {}
  /** Sent and not yet in effect, by life: UIDs. */
  const underWay = new Map<Life, Map<KubeRequest, string>>()
  truth.nodes.on(({ now, old }) => {
    if (!old || old.metadata?.uid === now?.metadata?.uid || forced.has(old.metadata?.uid ?? '')) return
    const machine = cloud.machine(memberIn(old)?.machine ?? '')
    if (machine && machine.state !== 'gone')
      report(4, `node ${nameOf(old)} was let go although machine ${machine.id} of its group is ${machine.state}`)
  })
  const floorOf = (uid: string): number =>
    Math.min(Infinity, ...wishes.of(uid).map(({ replicas, floor }) => Math.max(0, Math.min(replicas, max) - (replicas - floor))))
  return {
    issued(life, request) {
      if (request.method !== 'DELETE' || !request.path.startsWith('/api/v1/nodes/')) return
      const node = truth.nodes.all.get(request.path.split('/').at(-1) ?? '')
      const member = node && memberIn(node)
      if (!node || !member || node.metadata?.deletionTimestamp !== undefined) return
      const { uid = '' } = node.metadata ?? {}
      const asked = new Set(underWay.get(life)?.values())
      underWay.set(life, (underWay.get(life) ?? new Map<KubeRequest, string>()).set(request, uid))
      const set = [...truth.sets.all.values()].find(({ metadata }) => metadata?.uid === member.set)
      const lost = ['gone', 'stopping', 'stopped'].includes(cloud.machine(member.machine)?.state ?? 'gone')
      if (!set || !isDriving(set) || set.metadata?.deletionTimestamp !== undefined || lost || !availability.is(node)) return
      const others = [...truth.nodes.all.values()].filter(
        other =>
          other !== node && memberIn(other)?.set === member.set && !asked.has(other.metadata?.uid ?? '') && availability.mayBe(other),
      )
      const floor = floorOf(member.set)
      if (others.length < floor)
        report(
          6,
          `${life.name} deletes node ${nameOf(node)} of a group, which is available, and leaves ${others.length}: ${floor} must stay`,
        )
    },
    settled: (life, request) => void underWay.get(life)?.delete(request),
    applied: (life, request) => void underWay.get(life)?.delete(request),
  }
}
