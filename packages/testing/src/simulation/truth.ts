import {
  type CertificateSigningRequest,
  type KubeObject,
  type Node,
  type NodeClass,
  type NodeSet,
  type Pod,
  type Resource,
  type Secret,
  type VolumeAttachment,
  CertificateSigningRequests,
  Leases,
  NodeClasses,
  NodeSets,
  Nodes,
  Pods,
  Secrets,
  VolumeAttachments,
  pathOf,
} from '@kube-node/core/api'
import type { KubeTransport } from '@kube-node/core/kube'
import { isBroken, recordOf } from '@kube-node/core'
import { systemNamespace } from './estate.ts'
import type { World } from './world.ts'

/** The objects of one kind as the API server holds them, seen as each write happens, by name (and namespace). */
export interface Kept<T extends KubeObject> {
  readonly all: ReadonlyMap<string, T>
  on(listener: (change: { readonly now: T | undefined; readonly old: T | undefined }) => void): void
}

/** What is so, not what any manager believes: read past all ports, by nobody's informers but its own. */
export interface Truth {
  readonly nodes: Kept<Node>
  readonly sets: Kept<NodeSet>
  readonly classes: Kept<NodeClass>
  readonly pods: Kept<Pod>
  readonly requests: Kept<CertificateSigningRequest>
  readonly secrets: Kept<Secret>
  readonly attachments: Kept<VolumeAttachment>
  /** The Node that stands for the claim with that UID: itself, or the one that took it over. */
  nodeByUid(uid: string): Node | undefined
  /** Another Node has that claim, or had it once. */
  wasTakenOver(uid: string): boolean
  /** Ids of the machines that stand in the records of Nodes that nobody deleted. */
  recorded(): ReadonlySet<string>
  podsOn(nodeName: string): readonly Pod[]
  /** Who held the managers' lease when somebody last deleted it, and the world time of that. */
  readonly deposed: { readonly holder: string; readonly at: number } | undefined
  /** Who holds the managers' lease; undefined when nobody ever took it, or it was deleted. */
  leader(): string | undefined
  /** The version at which the Node with that UID went; 0 when nobody knows. */
  goneAt(uid: string): number
}

/** Whoever made it. */
export const isBootstrapToken = ({ type }: Secret): boolean => type === 'bootstrap.kubernetes.io/token'

const leaseKey = `${systemNamespace}/kube-node`

export const followTruth = (world: World, transport: KubeTransport): Truth => {
  const nodes = follow(world, transport, Nodes)
  const pods = follow(world, transport, Pods)
  const leases = follow(world, transport, Leases)
  let deposed: Truth['deposed']
  leases.on(({ now, old }) => {
    if (old && !now) deposed = { holder: old.spec?.holderIdentity ?? '', at: world.now }
  })
  const uids = new Map<string, Node>()
  const heirs = new Map<string, Node>()
  const takenOver = new Set<string>()
  const gone = new Map<string, number>()
  const bound = new Map<string, Map<string, Pod>>()
  nodes.on(({ now, old }) => {
    if (old && old.metadata?.uid !== now?.metadata?.uid) uids.delete(old.metadata?.uid ?? '')
    if (now) uids.set(now.metadata?.uid ?? '', now)
    else if (old) for (const uid of uidsOf(old)) gone.set(uid, Number(old.metadata?.resourceVersion ?? 0))
    const [before, after] = [old && inheritedBy(old), now && inheritedBy(now)]
    if (before !== undefined && before !== after && heirs.get(before)?.metadata?.uid === old?.metadata?.uid) heirs.delete(before)
    if (now && after !== undefined) {
      heirs.set(after, now)
      takenOver.add(after)
    }
  })
  pods.on(({ now, old }) => {
    const uid = (now ?? old)?.metadata?.uid ?? ''
    if (old?.spec?.nodeName !== undefined) bound.get(old.spec.nodeName)?.delete(old.metadata?.uid ?? '')
    if (now?.spec?.nodeName === undefined) return
    const there = bound.get(now.spec.nodeName) ?? new Map<string, Pod>()
    bound.set(now.spec.nodeName, there.set(uid, now))
  })
  return {
    nodes,
    pods,
    sets: follow(world, transport, NodeSets),
    classes: follow(world, transport, NodeClasses),
    requests: follow(world, transport, CertificateSigningRequests),
    secrets: follow(world, transport, Secrets),
    attachments: follow(world, transport, VolumeAttachments),
    nodeByUid: uid => heirs.get(uid) ?? uids.get(uid),
    wasTakenOver: uid => takenOver.has(uid),
    goneAt: uid => gone.get(uid) ?? 0,
    get deposed() {
      return deposed
    },
    leader: () => leases.all.get(leaseKey)?.spec?.holderIdentity,
    recorded: () => {
      const living = [...nodes.all.values()].filter(node => node.metadata?.deletionTimestamp === undefined)
      return new Set(living.flatMap(node => recordedId(node) ?? []))
    },
    podsOn: name => [...(bound.get(name)?.values() ?? [])],
  }
}

/** UID of the claim that a Node took over. Said here once more on purpose: what tests core must not ask core. */
export const inheritedBy = ({ metadata }: Node): string | undefined => metadata?.labels?.['kube-node.dev/claim']

/** Its own, and the one of its claim. */
export const uidsOf = (node: Node): readonly string[] => [node.metadata?.uid ?? '', inheritedBy(node) ?? []].flat()

/** UID of the claim that it stands for. */
export const claimUidOf = (node: Node): string => inheritedBy(node) ?? node.metadata?.uid ?? ''

/** The machine in its record, where that can be read. */
export const recordedId = (node: Node): string | undefined => {
  const record = recordOf(node)
  return record && !isBroken(record) ? record.id : undefined
}

const follow = <T extends KubeObject>(world: World, transport: KubeTransport, resource: Resource<T>): Kept<T> => {
  const all = new Map<string, T>()
  const listeners = new Set<(change: { readonly now: T | undefined; readonly old: T | undefined }) => void>()
  const signal = new AbortController().signal
  const keyOf = ({ metadata }: KubeObject): string =>
    (metadata?.namespace === undefined ? '' : `${metadata.namespace}/`) + (metadata?.name ?? '')
  /** `last`: what the server says of an object that is gone, with the version of its end. */
  const enter = (key: string, now: T | undefined, last?: T): void => {
    const old = last ?? all.get(key)
    if (now) all.set(key, now)
    else all.delete(key)
    if (now || old) for (const listener of listeners) listener({ now, old })
  }
  const run = async (): Promise<void> => {
    for (;;) {
      const { body } = await transport.request({ method: 'GET', path: pathOf(resource), signal })
      // The API server answers a list of this kind here: the cast at the border.
      const { items = [], metadata } = body as unknown as {
        readonly items?: readonly T[]
        readonly metadata?: { readonly resourceVersion?: string }
      }
      const present = new Set(items.map(keyOf))
      for (const key of [...all.keys()]) if (!present.has(key)) enter(key, undefined)
      // All of them: after a restore the same version may stand for another state.
      for (const item of items) enter(keyOf(item), item)
      await using stream = await transport.watch({
        method: 'GET',
        path: pathOf(resource),
        signal,
        query: { watch: '1', resourceVersion: metadata?.resourceVersion ?? '0' },
      })
      for (let event = await stream.next(); event; event = await stream.next()) {
        if (event.type === 'ERROR') break
        if (event.type === 'BOOKMARK') continue
        // As above: an object of this kind.
        const object = event.object as unknown as T
        if (event.type === 'DELETED') enter(keyOf(object), undefined, object)
        else enter(keyOf(object), object)
      }
      // A watch that ends is opened again; never in a circle without time passing.
      await world.runtime.clock.sleep(1)
    }
  }
  run().catch((error: unknown) => world.tell(`the simulation lost sight of ${resource.plural}: ${String(error)}`))
  return { all, on: listener => void listeners.add(listener) }
}
