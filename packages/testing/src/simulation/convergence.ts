import {
  type Node,
  type NodeClass,
  type NodeSet,
  CertificateSigningRequests,
  ConfigMaps,
  Leases,
  NodeSets,
  Nodes,
  NodeClasses,
  Pods,
  annotations,
  findCondition,
  hasTaint,
  labels,
  mergePatch,
  nameOf,
  pathOf,
  taints,
} from '@kube-node/core/api'
import { hasJoined, isBroken, isClaim, isDeleting, isUp, phaseOf, recordOf, revisionOf } from '@kube-node/core'
import { type KubeRequest, isNotFound } from '@kube-node/core/kube'
import { writeCredentials } from './accounts.ts'
import { calm } from './weather.ts'
import { className, credential, motd, motdSaying, otherCredential, systemNamespace } from './estate.ts'
import { isDriving, memberIn } from './groups/books.ts'
import { endGroupFaults, unconvergedGroups } from './groups/convergence.ts'
import { canJoin, isOurs } from './help.ts'
import { isGuarded } from './pods.ts'
import type { Stage } from './stage.ts'
import { claimUidOf, isBootstrapToken } from './truth.ts'

/**
 * From the end of all faults. Drains may take their time, some errors are tried again after ten minutes, and a set may have all of
 * its nodes to replace, one after the other.
 */
export const convergenceMs: number = 60 * 60_000
/** For so long nothing is written when all is as it was asked for. */
export const quietMs: number = 3 * 60_000

/** Nothing goes wrong any more, and a person repairs what people broke. */
export const endFaults = async (stage: Stage): Promise<void> => {
  const { weather, cloud, kubelets, managers, client, world, truth } = stage
  world.tell('* all faults end')
  weather.api = calm
  weather.cloud = calm
  for (const map of [weather.cutFromApi, weather.cutFromCloud, weather.silent]) map.clear()
  cloud.faults.clear()
  if (stage.lies.until > world.now) stage.lies.until = world.now
  for (const machine of cloud.machines()) if (machine.state === 'running') kubelets.start(machine.id)
  managers.restoreAll()
  stage.storage.stuckUntil = -Infinity
  Object.assign(stage.holds, { until: -Infinity, guards: false })
  // A set replaces no node with such a pod on it: people have to let go.
  for (const pod of truth.pods.all.values()) {
    if (!isGuarded(pod)) continue
    const { namespace = '', name = '' } = pod.metadata ?? {}
    await client.patch(Pods, { namespace, name }, { merge: { metadata: { annotations: null } } })
  }
  // Where more of them are, a person decides; of the others he takes leave by hand.
  const accounts = [...truth.recorded()].map(id => cloud.machine(id)?.account)
  const others = accounts.filter(account => account === 'other').length
  await writeCredentials(client, others > accounts.length / 2 ? otherCredential : credential)
  await client.patch(NodeClasses, { name: className }, { merge: { spec: { config: { instanceType: 'small' }, limits: null } } })
  // Also one that a restore took back for good.
  if (!(await client.get(ConfigMaps, motd))) await client.create(ConfigMaps, motdSaying('hello'))
  await endGroupFaults(stage)
  for (const set of stage.truth.sets.all.values()) await letRoll(stage, set)
  for (const node of stage.truth.nodes.all.values()) await letGo(stage, node)
}

/** What holds a set's nodes back, and what would replace them for ever. */
const letRoll = async ({ client }: Stage, set: NodeSet): Promise<void> => {
  const spec = { paused: false, maxLifetime: null, strategy: { type: 'RollingUpdate' } }
  await client.patch(NodeSets, { name: nameOf(set) }, { merge: { spec } }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error
  })
}

const letGo = async ({ client }: Stage, node: Node): Promise<void> => {
  if (node.metadata?.annotations?.[annotations.doNotDisrupt] === undefined) return
  const free = { merge: { metadata: { annotations: { [annotations.doNotDisrupt]: null } } } }
  await client.patch(Nodes, { name: nameOf(node) }, free).catch((error: unknown) => {
    if (!isNotFound(error)) throw error
  })
}

/** Why the cluster is not what was asked for; undefined when it is. */
export const unconverged = (stage: Stage): string | undefined => {
  const { accounts, truth, cloud, joining } = stage
  const machines = cloud.machines().filter(machine => machine.state !== 'gone' && isOurs(machine))
  for (const node of truth.nodes.all.values()) {
    const name = nameOf(node)
    if (!isClaim(node)) {
      // A kubelet may have made it for itself, after its claim had gone: no claim of ours.
      continue
    }
    // Sets of groups say more of theirs.
    if (memberIn(node)) continue
    if (isDeleting(node))
      return `${name} is being deleted: ${JSON.stringify(findCondition(node.status?.conditions, 'MachineProvisioned') ?? {})}`
    const record = recordOf(node)
    if (!record || isBroken(record)) return `${name} has no record of a machine`
    if (!hasJoined(node) || !isUp(node) || phaseOf(node) !== 'Running') {
      const said = findCondition(node.status?.conditions, 'MachineProvisioned')
      return `${name} does not run: phase ${phaseOf(node)}, ${JSON.stringify(said ?? {})}`
    }
    const own = machines.filter(machine => machine.owner?.claim === claimUidOf(node))
    const [machine] = own
    if (!machine || own.length > 1) return `${name} has ${own.length} machines`
    if (machine.id !== record.id) return `${name} is recorded to have another machine than it has`
    // Nobody there approves what its kubelet asks for.
    if (machine.account !== accounts.opened) return `${name} has its machine in account ${machine.account}, which nobody opens any more`
    if (machine.nodeName !== undefined && machine.nodeName !== name) return `${name} is still there, and its machine is ${machine.nodeName}`
    if (!canJoin(machine)) return `${name} runs by the kubelet of another machine: its own never joined`
    const lacking = joining.lacks(machine)
    if (lacking !== undefined) return `the kubelet of ${name} ${lacking}`
  }
  const token = [...truth.secrets.all.values()].find(isBootstrapToken)
  if (token) return `the bootstrap token ${nameOf(token)} is left over`
  const orphan = machines.find(machine => !truth.nodeByUid(machine.owner?.claim ?? ''))
  if (orphan) return `machine ${orphan.id} of ${orphan.owner?.nodeName ?? ''} belongs to nobody`
  for (const set of truth.sets.all.values()) {
    if (isDriving(set)) continue
    const members = [...truth.nodes.all.values()].filter(node =>
      node.metadata?.ownerReferences?.some(owner => owner.uid === set.metadata?.uid),
    )
    const problem = setProblem(set, members, truth.classes.all.get(className))
    if (problem !== undefined) return problem
  }
  return unconvergedGroups(stage)
}

const setProblem = (set: NodeSet, nodes: readonly Node[], nodeClass: NodeClass | undefined): string | undefined => {
  const { status = {}, spec } = set
  const name = `set ${nameOf(set)}`
  if (set.metadata?.deletionTimestamp !== undefined) return `${name} is being deleted`
  const warm = nodes.filter(node => hasTaint(node.spec?.taints, { key: taints.headroom })).length
  const [serving, wanted] = [nodes.length - warm, { serving: spec.replicas ?? 1, warm: spec.headroom?.nodes ?? 0 }]
  if (serving !== wanted.serving) return `${name} has ${serving} of ${wanted.serving} nodes`
  if (warm !== wanted.warm) return `${name} has ${warm} of ${wanted.warm} warm nodes`
  const { config = {}, restartedAt } = spec.template ?? {}
  // A merge patch of two objects is one.
  const merged = nodeClass && (mergePatch(nodeClass.spec.config ?? {}, config) as Readonly<Record<string, unknown>>)
  const revision = nodeClass && revisionOf(nodeClass.spec, merged ?? {}, restartedAt)
  const old = nodes.find(node => node.metadata?.labels?.[labels.revision] !== revision)
  if (old) {
    const said = (status.conditions ?? []).map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`)
    return `${nameOf(old)} of ${name} is of an old revision, and the set says: ${said.join('; ')}`
  }
  if ((status.availableReplicas ?? 0) !== wanted.serving)
    return `${name} says that ${status.availableReplicas ?? 0} of ${wanted.serving} nodes are available`
  if (status.observedGeneration !== set.metadata?.generation) return `${name} has not been looked at since it was edited`
  return undefined
}

/**
 * Which requests of managers a cluster at rest does not see. Kubelets renew their certificates there, too, and each is approved once. A
 * class forgets where nothing of it is left ten minutes after that was seen first.
 */
export const restlessness = (classes: Iterable<NodeClass>): ((request: KubeRequest) => boolean) => {
  const approved = new Set<string>()
  /** How many connections each class still has, by the path. */
  const left = new Map([...classes].map(one => [`${pathOf(NodeClasses)}/${nameOf(one)}/status`, one.status?.connections?.length ?? 0]))
  return ({ method, path, body }) => {
    if (method === 'GET' || path.startsWith(pathOf(Leases, systemNamespace))) return false
    // What managers send is one of these: the cast at the border.
    const { involvedObject, status } = (body ?? {}) as {
      readonly involvedObject?: { readonly kind?: string }
      readonly status?: { readonly connections?: readonly unknown[] | null }
    }
    if (method === 'POST' && involvedObject?.kind === CertificateSigningRequests.kind) return false
    if (path.startsWith(pathOf(NodeClasses)) && status?.connections !== undefined) {
      const count = status.connections?.length ?? 0
      const isFewer = count < (left.get(path) ?? 0)
      left.set(path, count)
      return !isFewer
    }
    if (!path.startsWith(pathOf(CertificateSigningRequests)) || !path.endsWith('/approval')) return true
    const isRepeated = approved.has(path)
    approved.add(path)
    return isRepeated
  }
}

export const restless = ({ method, path, body }: KubeRequest): string => `${method} ${path} ${JSON.stringify(body ?? {}).slice(0, 500)}`
