import {
  type NodeClass,
  type NodeSet,
  NodeClasses,
  NodeSets,
  Nodes,
  Pods,
  Leases,
  Secrets,
  labels,
  nameOf,
  pathOf,
} from '@kube-node/core/api'
import { isAlreadyExists, isConflict, isNotFound } from '@kube-node/core/kube'
import type { SimulatedMachine } from '../cloud/index.ts'
import {
  className,
  claimNamed,
  controllerUser,
  credential,
  region,
  rotatedCredential,
  secretName,
  setNamed,
  systemNamespace,
  zones,
} from './estate.ts'
import type { Incident, IncidentKind } from './scenario.ts'
import type { Stage } from './stage.ts'

/** What an incident does. It answers what a person should read of it; undefined when there was nothing to do it to. */
type Play = (stage: Stage, incident: Incident) => string | undefined | Promise<string | undefined>

/** Plays one. */
export const play = async (stage: Stage, incident: Incident): Promise<void> => {
  try {
    const told = await plays[incident.kind](stage, incident)
    if (told !== undefined) stage.world.tell(`* ${told}`)
  } catch (error) {
    // A person who is told that somebody was quicker shrugs.
    if (!isNotFound(error) && !isAlreadyExists(error) && !isConflict(error)) throw error
  }
}

const among = <T>(list: readonly T[], which: number): T | undefined => list[Math.floor(which * list.length)]
const byName = (a: { readonly metadata?: { readonly name?: string } }, b: { readonly metadata?: { readonly name?: string } }): number =>
  nameOf(a) < nameOf(b) ? -1 : 1
const slotOf = ({ managers }: Stage, which: number): number => Math.floor(which * managers.slots)

const lasting = (stage: Stage, ms: number, what: string, end: () => void): void => {
  stage.world.at(ms, `end of ${what}`, () => {
    stage.world.tell(`* end of ${what}`)
    end()
  })
}

const machinesOf = ({ cloud }: Stage): readonly SimulatedMachine[] =>
  cloud.machines().filter(machine => machine.owner && machine.state !== 'gone' && machine.state !== 'stopping')

const setsOf = ({ truth }: Stage): readonly NodeSet[] =>
  [...truth.sets.all.values()].filter(set => set.metadata?.deletionTimestamp === undefined).sort(byName)

const deleteNode = async (
  { client }: Stage,
  node: { readonly metadata?: { readonly name?: string; readonly uid?: string } },
): Promise<string> => {
  await client.delete(Nodes, { name: nameOf(node) }, { uid: node.metadata?.uid ?? '' })
  return `a person deletes node ${nameOf(node)}`
}

const patchClass = async ({ client }: Stage, spec: { readonly [key: string]: unknown }): Promise<NodeClass> =>
  // A merge patch of plain data: JSON by construction.
  client.patch(NodeClasses, { name: className }, { merge: { spec: spec as never } })

const claims = (stage: Stage): ReturnType<typeof claimNamed>[] =>
  [...stage.truth.nodes.all.values()]
    .filter(node => node.metadata?.deletionTimestamp === undefined && node.metadata?.labels?.[labels.nodeset] === undefined)
    .sort(byName)

const plays: Readonly<Record<IncidentKind, Play>> = {
  crash(stage, { which, ms }) {
    stage.managers.crash(slotOf(stage, which), Math.min(ms, 30_000))
    return undefined
  },
  freeze(stage, { which, ms }) {
    stage.managers.freeze(slotOf(stage, which), ms, false)
    return undefined
  },
  suspend(stage, { which, ms }) {
    stage.managers.freeze(slotOf(stage, which), ms, true)
    return undefined
  },
  stop(stage, { which }) {
    stage.managers.stop(slotOf(stage, which))
    return undefined
  },
  'cut-from-api'(stage, { which, ms }) {
    const slot = slotOf(stage, which)
    const until = stage.world.now + ms
    stage.weather.cutFromApi.set(slot, until)
    for (const plural of ['nodes', 'nodesets', 'nodeclasses', 'pods']) stage.weather.silent.set(`${slot}/${plural}`, until)
    return `m${slot + 1} can't reach the API server for ${ms} ms`
  },
  'cut-from-cloud'(stage, { which, ms }) {
    const slot = slotOf(stage, which)
    stage.weather.cutFromCloud.set(slot, stage.world.now + ms)
    return `m${slot + 1} can't reach the cloud for ${ms} ms`
  },
  'break-watches'(stage, { which, ms }) {
    stage.managers.breakWatches(slotOf(stage, which), ms % 2 === 0 ? 'error' : 'end')
    return `the watches of m${slotOf(stage, which) + 1} break`
  },
  'expire-watches'(stage, { which }) {
    stage.managers.breakWatches(slotOf(stage, which), 'expired')
    return `the watches of m${slotOf(stage, which) + 1} end with 410 Gone`
  },
  'stale-cache'(stage, { which, ms }) {
    const slot = slotOf(stage, which)
    const plural = among(['nodes', 'nodes', 'nodes', 'nodesets', 'pods', 'nodeclasses'], (which * 97) % 1) ?? 'nodes'
    const forMs = Math.min(ms, 30_000)
    stage.weather.silent.set(`${slot}/${plural}`, stage.world.now + forMs)
    return `m${slot + 1} hears nothing new of ${plural} for ${forMs} ms`
  },
  compact(stage) {
    stage.server.compact()
    return 'the API server forgets the past'
  },
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
  async 'boot-fails'(stage, { which }) {
    stage.cloud.faults.bootFails(1)
    const name = `claim-${8 + Math.floor(which * 4)}`
    await stage.client.create(Nodes, claimNamed(name))
    return `a person claims node ${name}; the next machine never comes up`
  },
  async 'join-fails'(stage, { which }) {
    stage.cloud.faults.joinFails(1)
    const name = `claim-${8 + Math.floor(which * 4)}`
    await stage.client.create(Nodes, claimNamed(name))
    return `a person claims node ${name}; the kubelet of the next machine never joins`
  },
  'machine-dies'(stage, { which }) {
    const machine = among(machinesOf(stage), which)
    if (!machine) return undefined
    stage.cloud.kill(machine.id)
    return `machine ${machine.id} of ${machine.owner?.nodeName ?? ''} dies`
  },
  'machine-vanishes'(stage, { which }) {
    const machine = among(machinesOf(stage), which)
    if (!machine) return undefined
    stage.cloud.kill(machine.id, { listed: false })
    return `machine ${machine.id} of ${machine.owner?.nodeName ?? ''} vanishes without a trace`
  },
  'kubelet-dies'(stage, { which, ms }) {
    const machine = among(machinesOf(stage), which)
    if (!machine) return undefined
    stage.kubelets.stop(machine.id)
    lasting(stage, ms + 30_000, `the silence of the kubelet of ${machine.id}`, () => stage.kubelets.start(machine.id))
    return `the kubelet of ${machine.id} (${machine.owner?.nodeName ?? ''}) falls silent`
  },
  async 'create-claim'(stage, { which }) {
    const name = `claim-${Math.floor(which * 8)}`
    await stage.client.create(Nodes, claimNamed(name))
    return `a person claims node ${name}`
  },
  async 'delete-claim'(stage, { which }) {
    const node = among(claims(stage), which)
    return node && deleteNode(stage, node)
  },
  async 'replace-claim'(stage, { which, ms }) {
    const node = among(claims(stage), which)
    if (!node) return undefined
    const told = await deleteNode(stage, node)
    const again = async (): Promise<void> => {
      try {
        await stage.client.create(Nodes, claimNamed(nameOf(node)))
        stage.world.tell(`* a person claims node ${nameOf(node)} again`)
      } catch (error) {
        if (!isAlreadyExists(error)) throw error
        if (stage.world.now < stage.scenario.chaosMs) stage.world.at(500, `claiming ${nameOf(node)} again`, () => void again())
      }
    }
    stage.world.at(Math.min(ms, 5_000), `claiming ${nameOf(node)} again`, () => void again())
    return told
  },
  async 'delete-member'(stage, { which }) {
    const members = [...stage.truth.nodes.all.values()]
      .filter(node => node.metadata?.deletionTimestamp === undefined && node.metadata?.labels?.[labels.nodeset] !== undefined)
      .sort(byName)
    const node = among(members, which)
    return node && deleteNode(stage, node)
  },
  async 'create-set'(stage, { which }) {
    const name = `set-${Math.floor(which * 3)}`
    const replicas = Math.floor((which * 31) % 5)
    await stage.client.create(NodeSets, setNamed(name, replicas, Math.floor((which * 57) % 2)))
    return `a person makes set ${name} of ${replicas}`
  },
  async 'scale-set'(stage, { which }) {
    const set = among(setsOf(stage), which)
    if (!set) return undefined
    const replicas = Math.floor((which * 131) % 6)
    await stage.client.patch(NodeSets, { name: nameOf(set) }, { merge: { spec: { replicas } } })
    return `a person scales set ${nameOf(set)} from ${set.spec.replicas ?? 1} to ${replicas}`
  },
  async 'delete-set'(stage, { which }) {
    const set = among(setsOf(stage), which)
    if (!set) return undefined
    const propagation = (which * 100) % 1 < 0.5 ? 'Background' : 'Foreground'
    await stage.client.delete(NodeSets, { name: nameOf(set) }, { uid: set.metadata?.uid ?? '', propagation })
    return `a person deletes set ${nameOf(set)} (${propagation})`
  },
  async 'orphan-set'(stage, { which }) {
    const set = among(setsOf(stage), which)
    if (!set) return undefined
    await stage.client.delete(NodeSets, { name: nameOf(set) }, { uid: set.metadata?.uid ?? '', propagation: 'Orphan' })
    return `a person deletes set ${nameOf(set)} and keeps its nodes`
  },
  async 'edit-class'(stage, { which }) {
    await patchClass(stage, {
      config: { instanceType: which < 0.5 ? 'medium' : 'small' },
      template: { labels: { tier: `t${Math.floor(which * 10)}` } },
    })
    return 'a person edits the class'
  },
  async 'break-class'(stage, { ms }) {
    await patchClass(stage, { config: { instanceType: 'huge' } })
    lasting(stage, ms, 'the wrong instance type', () => void patchClass(stage, { config: { instanceType: 'small' } }))
    return 'a person writes an instance type into the class that does not exist'
  },
  async 'limit-class'(stage, { which, ms }) {
    const nodes = 1 + Math.floor(which * 6)
    await patchClass(stage, { limits: { nodes } })
    lasting(stage, ms, `the limit`, () => void patchClass(stage, { limits: null }))
    return `a person limits the class to ${nodes} nodes`
  },
  async 'delete-pod'(stage, { which }) {
    const pod = among([...stage.truth.pods.all.values()].sort(byName), which)
    if (!pod) return undefined
    const { namespace = '', name = '', uid = '' } = pod.metadata ?? {}
    await stage.client.delete(Pods, { namespace, name }, { uid })
    return `a person deletes pod ${name}`
  },
  'foreign-machine'(stage, { which }) {
    const node = among([...stage.truth.nodes.all.values()].sort(byName), which)
    const nodeName = node ? nameOf(node) : 'elsewhere'
    const ours = stage.server.store.get({ group: '', plural: 'namespaces' }, { name: 'kube-system' })
    // Namespaces are stored with a uid: the one cast at the border.
    const cluster = (ours as { readonly metadata?: { readonly uid?: string } } | undefined)?.metadata?.uid ?? ''
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
  async 'rotate-secret'(stage, { which }) {
    const token = which < 0.5 ? credential : rotatedCredential
    const data = { token: Buffer.from(token).toString('base64') }
    await stage.client.patch(Secrets, { namespace: systemNamespace, name: secretName }, { merge: { data } })
    return 'a person rotates the credentials'
  },
  'crash-after-create'(stage, { which, ms }) {
    const armed = stage.cloud.on('starting', machine => {
      if (!machine.owner) return
      armed[Symbol.dispose]()
      const slots = Array.from({ length: stage.managers.slots }, (_, slot) => slot)
      const slot = slots.find(each => stage.truth.leader()?.startsWith(`${stage.managers.life(each)?.name ?? ''}_`)) ?? slotOf(stage, which)
      stage.world.at(ms % 2_500, `the end of m${slot + 1} after a create`, () => {
        if (ms % 2 === 0) stage.managers.crash(slot, 500)
        else stage.managers.stop(slot)
      })
    })
    return undefined
  },
  async 'stale-takeover'(stage, { which }) {
    const set = among(setsOf(stage), which)
    const leader = stage.truth.leader() ?? ''
    const slots = Array.from({ length: stage.managers.slots }, (_, slot) => slot)
    const slot = slots.find(each => leader.startsWith(`${stage.managers.life(each)?.name ?? ''}_`))
    if (!set || slot === undefined) return undefined
    for (const other of slots) if (other !== slot) stage.weather.silent.set(`${other}/nodes`, stage.world.now + 50_000)
    const replicas = (set.spec.replicas ?? 1) + 2
    await stage.client.patch(NodeSets, { name: nameOf(set) }, { merge: { spec: { replicas } } })
    stage.world.at(12_000, `the end of m${slot + 1} while the others know nothing`, () => stage.managers.crash(slot, 30_000))
    return `a person scales set ${nameOf(set)} to ${replicas}; those who stand by do not see its nodes, and m${slot + 1} is about to crash`
  },
  async 'force-delete'(stage, { which }) {
    const node = among([...stage.truth.nodes.all.values()].sort(byName), which)
    if (!node) return undefined
    const uid = node.metadata?.uid ?? ''
    stage.forced.add(uid)
    await stage.client.delete(Nodes, { name: nameOf(node) }, { uid })
    await stage.client.patch(Nodes, { name: nameOf(node) }, { merge: { metadata: { finalizers: null } } }, { on: { uid } })
    return `a person deletes node ${nameOf(node)} and takes its finalizers off`
  },
  async 'steal-lease'(stage) {
    const path = pathOf(Leases, systemNamespace, controllerUser)
    const signal = new AbortController().signal
    await stage.server.transport().request({ method: 'DELETE', path, signal })
    return 'a person deletes the lease'
  },
}
