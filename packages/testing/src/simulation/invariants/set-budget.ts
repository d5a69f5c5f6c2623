import { type Node, type NodeSet, nameOf, rolloutBounds } from '@kube-node/core/api'
import { isBroken, recordOf } from '@kube-node/core'
import type { KubeRequest } from '@kube-node/core/kube'
import type { SimulatedMachine } from '../../cloud/index.ts'
import type { Life } from '../life.ts'
import type { Watch } from './invariant.ts'

/** Longer than any cache is behind. */
const stalenessMs = 90_000

interface Wish {
  readonly at: number
  readonly replicas: number
  readonly ceiling: number
}

/**
 * 6: no Node is made for a set while it has replicas + maxSurge of them, and 9: none is deleted by a manager but what the set
 * has too many of, and what has lost its machine. Judged at the moment in which the request is sent.
 */
export const setBudget: Watch = ({ world, cloud, truth, lies, restores }, report) => {
  const wishes = new Map<string, Wish[]>()
  const ghostAt = new Map<string, number>()
  /** Sent and not yet in effect, by life. */
  const underWay = new Map<Life, Set<KubeRequest>>()

  truth.sets.on(({ now }) => {
    if (!now) return
    const uid = now.metadata?.uid ?? ''
    const { replicas, ceiling } = wishOf(now)
    wishes.set(uid, [...(wishes.get(uid) ?? []), { at: world.now, replicas, ceiling }])
  })
  /** All that somebody with a stale cache may take for the set's wish. */
  const wishesOf = (uid: string): readonly Wish[] => {
    const all = wishes.get(uid) ?? []
    return all.filter((_, i) => (all[i + 1]?.at ?? Infinity) > world.now - stalenessMs)
  }
  const members = (uid: string): readonly Node[] => [...truth.nodes.all.values()].filter(node => setUidOf(node) === uid)
  const pendingOf = (life: Life, matches: (request: KubeRequest) => boolean): number =>
    [...(underWay.get(life) ?? [])].filter(matches).length

  const machineOf = (node: Node): SimulatedMachine | undefined => {
    const record = recordOf(node)
    return record && !isBroken(record) ? cloud.machine(record.id ?? '') : undefined
  }
  const hasLostMachine = (node: Node): boolean => ['gone', 'stopping'].includes(machineOf(node)?.state ?? '')

  const creates = (life: Life, request: KubeRequest): void => {
    if (restores.unsettled) return
    const uid = setUidOf(bodyOf(request))
    if (uid === undefined || world.now - (ghostAt.get(uid) ?? -Infinity) < stalenessMs) return
    const there = members(uid).length + pendingOf(life, other => isCreate(other) && setUidOf(bodyOf(other)) === uid)
    const ceiling = Math.max(0, ...wishesOf(uid).map(wish => wish.ceiling))
    if (there >= ceiling) report(6, `${life.name} makes a node for a set that has ${there} and may have ${ceiling} (replicas + maxSurge)`)
  }

  const deletes = (life: Life, request: KubeRequest): void => {
    const node = truth.nodes.all.get(request.path.split('/').at(-1) ?? '')
    if (!node || node.metadata?.deletionTimestamp !== undefined || node.metadata?.uid !== preconditionsOf(request).uid) return
    // It is refused: the Node has changed since this was decided.
    if (node.metadata?.resourceVersion !== (preconditionsOf(request).resourceVersion ?? node.metadata?.resourceVersion)) return
    if (restores.unsettled && !restores.isWitness(life)) return
    if (hasLostMachine(node) && !restores.isWitness(life)) return
    const state = machineOf(node)?.state ?? 'not there yet'
    // One machine that is missing looks like one that died; only more of them look like a lie.
    if (world.now - lies.until < 30_000 && Math.min(lies.recorded, truth.recorded().size) < 2) return
    const uid = setUidOf(node)
    if (uid === undefined) return report(9, `${life.name} deletes node ${nameOf(node)}, which a person made, and whose machine is ${state}`)
    const live = members(uid).filter(member => member.metadata?.deletionTimestamp === undefined)
    const asked = new Set([...(underWay.get(life) ?? [])].filter(isDelete).map(request => preconditionsOf(request).uid))
    // A member that has lost its machine ends for that, and not for the set's sake.
    const going = live.filter(member => member !== node && asked.has(member.metadata?.uid) && !hasLostMachine(member)).length
    const replicas = Math.min(Infinity, ...wishesOf(uid).map(wish => wish.replicas))
    if (live.length - going <= replicas) {
      report(
        6,
        `${life.name} deletes node ${nameOf(node)}, (machine ${state}) of a set that has ${live.length - going} and wants ${replicas}`,
      )
    }
  }

  return {
    issued(life, request) {
      if (isCreate(request)) creates(life, request)
      else if (isDelete(request)) deletes(life, request)
      else return
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

const wishOf = (set: NodeSet): { readonly replicas: number; readonly ceiling: number } => {
  const replicas = set.spec.replicas ?? 1
  const { maxSurge = 1, maxUnavailable = 0 } = set.spec.strategy?.rollingUpdate ?? {}
  return { replicas, ceiling: replicas + rolloutBounds({ maxSurge, maxUnavailable }, replicas).surge }
}

const isCreate = ({ method, path }: KubeRequest): boolean => method === 'POST' && path === '/api/v1/nodes'
const isDelete = ({ method, path }: KubeRequest): boolean => method === 'DELETE' && path.startsWith('/api/v1/nodes/')

// Requests on Nodes carry Nodes, and their deletions DeleteOptions: the casts at the border.
const bodyOf = ({ body }: KubeRequest): Node => (body ?? {}) as Node
const preconditionsOf = ({ body }: KubeRequest): { readonly uid?: string; readonly resourceVersion?: string } =>
  // As above: the cast at the border.
  (body as { readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } } | undefined)?.preconditions ?? {}

const setUidOf = (node: Node): string | undefined =>
  node.metadata?.ownerReferences?.find(owner => owner.controller === true && owner.kind === 'NodeSet')?.uid
