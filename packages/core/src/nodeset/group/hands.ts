import { type Node, type NodeSet, NodeSets, Nodes, conditionTime, finalizers, nameOf } from '../../api/index.ts'
import type { Reconcile } from '../../engine/index.ts'
import { type GroupsConnection, toProviderError } from '../../inventory/index.ts'
import { isConflict, isNotFound } from '../../kube/index.ts'
import { asJson } from '../json.ts'
import type { GroupFacts, GroupOrder, GroupStep } from './facts.ts'
import type { GroupLife } from './life.ts'
import { claimPatch, letGoPatch } from './marks.ts'
import { nameForGroup } from './name.ts'

/** Writes what a step says. A Node that somebody else has changed meanwhile is decided on anew. */
export const write = async (life: GroupLife, r: Reconcile<NodeSet>, facts: GroupFacts, step: GroupStep): Promise<void> => {
  const { set } = facts
  const on = { uid: set.metadata?.uid ?? '', resourceVersion: r.store(NodeSets).get(r.key)?.metadata?.resourceVersion ?? '' }
  const patchSet = async (merge: object): Promise<void> => {
    await r.client.patch(NodeSets, r.key, { merge: asJson(merge) }, { on, signal: r.signal })
  }
  switch (step.do) {
    case 'hold':
      return patchSet({ metadata: { finalizers: [...(set.metadata?.finalizers ?? []), finalizers.group] } })
    case 'release':
      await patchSet({ metadata: { finalizers: set.metadata?.finalizers?.filter(name => name !== finalizers.group) ?? [] } })
      life.sizes.forget(set.metadata?.uid ?? '')
      return life.memory.forget(set.metadata?.uid ?? '')
    case 'retire':
      return ignoreChanged(async () => {
        r.event('Normal', 'GroupGone', `its group ${set.status?.group?.id ?? ''} is gone, and so is this set, which was made for it`)
        await r.client.delete(NodeSets, r.key, { ...on, signal: r.signal })
      })
    case 'record':
      await r.client.patch(
        NodeSets,
        r.key,
        { merge: { status: { group: { ordered: null, ...asJson(step.record) } } } },
        { subresource: 'status', on, signal: r.signal },
      )
      return undefined
    case 'follow':
      r.event('Normal', 'FollowsGroup', `spec.replicas becomes ${step.replicas}, the size of its group; it was ${set.spec.replicas ?? 1}`)
      return patchSet({ spec: { replicas: step.replicas } })
    case 'claim': {
      const now = conditionTime(r.runtime.clock.now())
      return patchNode(r, step.node, claimPatch(facts, step, now))
    }
    case 'letGo':
      return patchNode(r, step.node, letGoPatch(step.node, set))
    case 'delete':
      return ignoreChanged(async () => {
        const { uid = '', resourceVersion = '' } = step.node.metadata ?? {}
        await r.client.delete(Nodes, { name: nameOf(step.node) }, { uid, resourceVersion, signal: r.signal })
        r.event('Normal', 'Removing', `removes ${nameOf(step.node)}: ${step.why}`)
      })
  }
}

const patchNode = (r: Reconcile<NodeSet>, node: Node, patch: object): Promise<void> =>
  ignoreChanged(async () => {
    const { uid = '', resourceVersion = '' } = node.metadata ?? {}
    await r.client.patch(Nodes, { name: nameOf(node) }, { merge: asJson(patch) }, { on: { uid, resourceVersion }, signal: r.signal })
  })

const ignoreChanged = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error
  }
}

/** Gives the order. What came of it is in the mirror and in the memory; the plan reads it there. */
export const give = async (
  life: GroupLife,
  r: Reconcile<NodeSet>,
  { set, cluster, controller, offer, revision = '' }: GroupFacts,
  order: GroupOrder,
  connection: GroupsConnection,
): Promise<void> => {
  const { provider } = connection
  try {
    switch (order.do) {
      case 'create': {
        if (offer.problem) return
        const owner = { cluster, controller, set: set.metadata?.uid ?? '', setName: nameOf(set) }
        const name = nameForGroup(set, cluster, provider)
        await connection.create({ name, owner, config: offer.config, revision, size: order.size })
        break
      }
      case 'resize':
        await connection.resize(order.group, order.size)
        break
      case 'remove': {
        const [refusal] = await connection.remove(order.group, order.ids, order.replace)
        if (refusal) throw refusal
        break
      }
      case 'update':
        if (offer.problem) return
        await connection.update(order.group, { config: offer.config, revision })
        break
      case 'destroy':
        await connection.destroy(order.group)
        break
    }
    life.memory.succeeded(set)
    r.event('Normal', 'GroupOrdered', saying(order))
  } catch (thrown) {
    const error = toProviderError(thrown)
    life.memory.failed(set, provider.name, error)
    // A group that is busy, or was resized a moment ago, is everyday life.
    if (error.code === 'Busy') return
    r.event('Warning', 'GroupOrderFailed', `${saying(order)}: ${error.code}: ${error.message}`)
    r.log('warn', 'an order to a group failed', { set: nameOf(set), order: order.do, code: error.code, error: error.message })
  }
}

const saying = (order: GroupOrder): string => {
  switch (order.do) {
    case 'create':
      return `creates a group of ${order.size}`
    case 'resize':
      return `group ${order.group.id} grows from ${order.group.size} to ${order.size}`
    case 'remove':
      return `group ${order.group.id} loses ${order.ids.join(', ')}${order.replace ? ' and makes others' : ''}`
    case 'update':
      return `group ${order.group.id} makes machines of the class as it is now`
    case 'destroy':
      return `group ${order.group.id} is deleted`
  }
}
