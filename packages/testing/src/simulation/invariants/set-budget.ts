import { type Node, nameOf } from '@kube-node/core/api'
import { isBroken, recordOf } from '@kube-node/core'
import type { KubeRequest } from '@kube-node/core/kube'
import type { SimulatedMachine } from '../../cloud/index.ts'
import { memberIn } from '../groups/books.ts'
import type { Life } from '../life.ts'
import { claimUidOf, inheritedBy } from '../truth.ts'
import { followAvailability } from './availability.ts'
import type { Watch } from './invariant.ts'
import { followWishes, isWarm, stalenessMs } from './wishes.ts'

/**
 * 6: no Node is made for a set while it has replicas + maxSurge of them, and no available one is deleted by a manager unless enough
 * others are; 9: none is deleted but what the set has too many of, what is of an old revision, and what has lost its machine.
 * Judged at the moment in which the request is sent.
 */
export const setBudget: Watch = ({ world, cloud, truth, lies, restores, freezes, forced }, report) => {
  const wishes = followWishes(world, truth)
  const ghostAt = new Map<string, number>()
  /** Sent and not yet in effect, by life. */
  const underWay = new Map<Life, Set<KubeRequest>>()
  /** UIDs of Nodes whose deletion a manager has asked for. */
  const ours = new Set<string>()

  const availability = followAvailability(world, truth)
  /** Of two that stand for one claim, the one that took it over. */
  const members = (uid: string): readonly Node[] =>
    [...truth.nodes.all.values()].filter(node => setUidOf(node) === uid && truth.nodeByUid(claimUidOf(node)) === node)
  const pendingOf = (life: Life, matches: (request: KubeRequest) => boolean): number =>
    [...(underWay.get(life) ?? [])].filter(matches).length

  const machineOf = (node: Node): SimulatedMachine | undefined => {
    const record = recordOf(node)
    return record && !isBroken(record) ? cloud.machine(record.id ?? '') : undefined
  }
  const endedAt = new Map<string, number>()
  /** Nodes that went a short while ago. */
  const departed = new Map<string, Node>()
  /** UIDs of Nodes that were deleted when their machine was lost. */
  const forLoss = new Set<string>()
  truth.nodes.on(({ now, old }) => {
    const uid = (now ?? old)?.metadata?.uid ?? ''
    if (now?.metadata?.deletionTimestamp !== undefined && old?.metadata?.deletionTimestamp === undefined && hasLostMachine(now))
      forLoss.add(uid)
    if (!old || now) return
    endedAt.set(uid, world.now)
    departed.set(uid, old)
  })
  /** Who deletes a claim deletes its heir, and so does who takes its finalizers off in the same breath. */
  const isPassedOn = (heir: Node): boolean => {
    const claim = inheritedBy(heir)
    if (claim === undefined) return false
    const origin = [...truth.nodes.all.values()].find(({ metadata }) => metadata?.uid === claim)
    if (origin) return origin.metadata?.deletionTimestamp !== undefined
    return forced.has(claim) && world.now - (endedAt.get(claim) ?? -Infinity) < stalenessMs
  }
  const hasLostMachine = (node: Node): boolean => ['gone', 'stopping'].includes(machineOf(node)?.state ?? '')

  const creates = (life: Life, request: KubeRequest): void => {
    if (restores.unsettled) return
    const uid = setUidOf(bodyOf(request))
    if (uid === undefined || world.now - (ghostAt.get(uid) ?? -Infinity) < stalenessMs) return
    const there = members(uid).length + pendingOf(life, other => isCreate(other) && setUidOf(bodyOf(other)) === uid)
    const ceiling = Math.max(0, ...wishes.of(uid).map(wish => wish.ceiling))
    if (there >= ceiling)
      report(6, `${life.name} makes a node for a set that has ${there} and may have ${ceiling} (replicas + headroom + maxSurge)`)
  }

  const deletes = (life: Life, request: KubeRequest): void => {
    const node = truth.nodes.all.get(request.path.split('/').at(-1) ?? '')
    if (!node || node.metadata?.deletionTimestamp !== undefined || node.metadata?.uid !== preconditionsOf(request).uid) return
    // Members of groups are judged by what becomes of their groups.
    if (memberIn(node)) return
    // It is refused: the Node has changed since this was decided.
    if (node.metadata?.resourceVersion !== (preconditionsOf(request).resourceVersion ?? node.metadata?.resourceVersion)) return
    if (restores.unsettled && (!freezes.binds(life) || restores.isUnaware(life))) return
    if (hasLostMachine(node) && !freezes.binds(life)) return
    // What is left of a claim after another Node took it over is no node any more.
    if (truth.wasTakenOver(node.metadata?.uid ?? '') && marked(node)) return
    if (isPassedOn(node)) return
    const state = machineOf(node)?.state ?? 'not there yet'
    // One machine that is missing looks like one that died; only more of them look like a lie.
    if (world.now - lies.until < 30_000 && Math.min(lies.recorded, truth.recorded().size) < 2) return
    const uid = setUidOf(node)
    if (uid === undefined) return report(9, `${life.name} deletes node ${nameOf(node)}, which a person made, and whose machine is ${state}`)
    for (const [gone, member] of departed) if (!availability.mayBe(member)) departed.delete(gone)
    const live = members(uid).filter(member => member.metadata?.deletionTimestamp === undefined)
    const asked = new Set([...(underWay.get(life) ?? [])].filter(isDelete).map(request => preconditionsOf(request).uid))
    const floor = Math.min(Infinity, ...wishes.of(uid).map(wish => wish.floor))
    // A person's deletion may be news that has not come yet, and so may the end of one that has lost its machine.
    const isNews = (member: Node): boolean => !ours.has(member.metadata?.uid ?? '') || forLoss.has(member.metadata?.uid ?? '')
    const known = [
      ...members(uid).filter(member => member.metadata?.deletionTimestamp === undefined || isNews(member)),
      ...[...departed.values()].filter(member => setUidOf(member) === uid && isNews(member)),
    ]
    // A member that has lost its machine ends for that, and not for the set's sake.
    const goes = (member: Node): boolean => asked.has(member.metadata?.uid) && !hasLostMachine(member)
    const left = known.filter(member => member !== node && !goes(member) && !isWarm(member) && availability.mayBe(member))
    if (availability.is(node) && !isWarm(node) && left.length < floor) {
      report(6, `${life.name} deletes node ${nameOf(node)}, which is available, and leaves ${left.length} that are: ${floor} must stay`)
    }
    const alike = live.filter(member => isWarm(member) === isWarm(node))
    const going = alike.filter(member => member !== node && goes(member)).length
    const wanted = Math.min(Infinity, ...wishes.of(uid).map(wish => (isWarm(node) ? wish.headroom : wish.replicas)))
    if (alike.length - going <= wanted && !wishes.mayReplace(node, uid)) {
      const role = isWarm(node) ? 'warm' : 'serving'
      report(
        6,
        `${life.name} deletes ${role} ${nameOf(node)} (machine ${state}) of a set that has ${alike.length - going} and wants ${wanted}`,
      )
    }
  }

  return {
    issued(life, request) {
      if (isCreate(request)) creates(life, request)
      else if (isDelete(request)) deletes(life, request)
      else return
      if (isDelete(request)) ours.add(preconditionsOf(request).uid ?? '')
      const sent = underWay.get(life) ?? new Set<KubeRequest>()
      underWay.set(life, sent.add(request))
    },
    settled: (life, request) => void underWay.get(life)?.delete(request),
    applied(life, request, ghost) {
      underWay.get(life)?.delete(request)
      const uid = ghost && isCreate(request) ? setUidOf(bodyOf(request)) : undefined
      if (uid !== undefined) ghostAt.set(uid, world.now)
    },
  }
}

const marked = ({ metadata }: Node): boolean => metadata?.annotations?.['kube-node.dev/handed-over'] !== undefined

const isCreate = ({ method, path }: KubeRequest): boolean => method === 'POST' && path === '/api/v1/nodes'
const isDelete = ({ method, path }: KubeRequest): boolean => method === 'DELETE' && path.startsWith('/api/v1/nodes/')

// Requests on Nodes carry Nodes, and their deletions DeleteOptions: the casts at the border.
const bodyOf = ({ body }: KubeRequest): Node => (body ?? {}) as Node
const preconditionsOf = ({ body }: KubeRequest): { readonly uid?: string; readonly resourceVersion?: string } =>
  // As above: the cast at the border.
  (body as { readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } } | undefined)?.preconditions ?? {}

const setUidOf = (node: Node): string | undefined =>
  node.metadata?.ownerReferences?.find(owner => owner.controller === true && owner.kind === 'NodeSet')?.uid
