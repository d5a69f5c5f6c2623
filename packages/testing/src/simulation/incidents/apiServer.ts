import { Leases, NodeSets, Nodes, nameOf, pathOf } from '@kube-node/core/api'
import { marksOn } from '../foreign.ts'
import type { Incident } from '../kinds.ts'
import type { Stage } from '../stage.ts'
import type { Snapshot } from '../../server/index.ts'
import { claimNamed, controllerUser, joinTimeoutMs, systemNamespace } from '../estate.ts'
import { leadingSlot } from './managers.ts'
import { type Plays, among, lasting, setsOf } from './play.ts'

/** Between half a minute and five before it is needed. Milliseconds. */
const backupAgeMs = ({ which }: Incident): number => 30_000 + Math.floor(which * 270_000)
/** Who comes to know: those who live on, not the leader, or nobody. */
const survivorsOf = ({ which, kind }: Incident): 'all' | 'standby' | 'none' => {
  if (kind === 'restore-and-restart') return 'all'
  if (kind === 'restore-before-join') return 'none'
  return (['all', 'standby', 'none'] as const)[Math.floor(which * 1_000) % 3] ?? 'all'
}
/** Longer than it takes somebody to lead, and shorter than everybody waits for kubelets after a start. Milliseconds. */
const kubeletBackMs = ({ ms }: Incident): number => 25_000 + (ms % 20_000)
/** A person has read that deletions are frozen, and has looked, so long after a restore. Milliseconds. */
const personLooksAfterMs = ({ ms, kind }: Incident): number => (kind === 'restore-and-restart' ? 300_000 : 90_000) + 2 * ms
/** Who has seen a restore has written it down by then. Milliseconds. */
const writtenDownMs = 30_000

/** What an incident needs from the time before it. */
export const prepareBackup = ({ world, server, backups }: Stage, incident: Incident): void => {
  if (incident.kind !== 'restore') return
  world.at(incident.at - backupAgeMs(incident), `backup for ${incident.at}`, () => void backups.set(incident, server.snapshot()))
}

/** It is away for as long as the incident lasts, and a person looks at it later. */
const restoreFrom = (stage: Stage, incident: Incident, backup: Snapshot, ageMs: number): string => {
  const { world, weather, managers, restores, kubelets } = stage
  const downMs = incident.ms
  weather.apiOutage.until = Math.max(weather.apiOutage.until, world.now + downMs)
  for (let slot = 0; slot < managers.slots; slot++) managers.breakWatches(slot, 'error')
  stage.breakComponents()
  restores.restore(backup, managers.lives)
  stage.freezes.restored()
  const survivors = survivorsOf(incident)
  if (survivors === 'none') for (let slot = 0; slot < managers.slots; slot++) managers.crash(slot, downMs)
  if (survivors === 'standby') {
    world.at(downMs + (incident.ms % 20_000), 'the leader dies', () => {
      const leading = leadingSlot(stage)
      if (leading !== undefined) managers.crash(leading, 5_000)
    })
  }
  stage.foreign.clear()
  for (const node of restores.nodes()) stage.foreign.set(node.metadata?.uid ?? '', marksOn(node))
  world.at(downMs + 1_000, 'kubelets compare their Nodes', () => {
    kubelets.postAll()
    // A kubelet makes its own Node when it starts, and never again: where none is left, a person starts it anew.
    for (const { id, nodeName, state } of stage.cloud.machines()) {
      if (state !== 'running' || nodeName === undefined || stage.truth.nodes.all.has(nodeName)) continue
      kubelets.stop(id)
      kubelets.start(id)
    }
  })
  world.at(downMs + personLooksAfterMs(incident), 'a person has looked', () => {
    world.tell('* a person has looked at what the restore has left, and lifts the freeze')
    void stage.freezes.lift(stage.client)
  })
  return `the API server is restored from a backup of ${Math.round(ageMs / 1_000)} s ago, and is there again in ${downMs} ms`
}

/** What befalls the API server and what only managers keep there. */
export const apiServerPlays: Plays<'apiServer'> = {
  compact(stage) {
    stage.server.compact()
    return 'the API server forgets the past'
  },
  restore(stage, incident) {
    const backup = stage.backups.get(incident)
    return backup && restoreFrom(stage, incident, backup, backupAgeMs(incident))
  },
  async 'restore-before-join'(stage, incident) {
    const { world, server, cloud, kubelets, scenario } = stage
    const ageMs = joinTimeoutMs + 5_000 + (incident.ms % 60_000)
    const armed = cloud.on('running', machine => {
      if (!machine.owner || !machine.joins) return
      armed[Symbol.dispose]()
      // Its id is known by now, and its kubelet not yet.
      const backup = server.snapshot()
      world.at(ageMs, `the restore of what was before ${machine.id} joined`, () => {
        if (world.now > scenario.chaosMs) return
        kubelets.stop(machine.id)
        world.at(incident.ms + kubeletBackMs(incident), `the way back of the kubelet of ${machine.id}`, () => kubelets.start(machine.id))
        world.tell(`* ${restoreFrom(stage, incident, backup, ageMs)}, when ${machine.id} had not joined yet; its kubelet comes back late`)
      })
    })
    const name = `claim-${8 + Math.floor(incident.which * 4)}`
    await stage.client.create(Nodes, claimNamed(name))
    return `a person claims node ${name}; the API server will forget that the next machine joined`
  },
  async 'restore-and-restart'(stage, incident) {
    const { world, server, cloud, managers, scenario, client } = stage
    const backup = server.snapshot()
    const from = world.now
    const armed = cloud.on('running', machine => {
      if (!machine.owner) return
      armed[Symbol.dispose]()
      world.at(incident.ms, `the restore of what was before ${machine.id} was made`, () => {
        if (world.now > scenario.chaosMs) return
        world.tell(`* ${restoreFrom(stage, incident, backup, world.now - from)}, when there was no ${machine.id}`)
        world.at(incident.ms + writtenDownMs, 'a rolling restart', () => {
          for (let slot = 0; slot < managers.slots; slot++) managers.crash(slot, 2_000)
        })
      })
    })
    const name = `claim-${8 + Math.floor(incident.which * 4)}`
    await client.create(Nodes, claimNamed(name))
    return `a person claims node ${name}; the API server will forget it, and whoever has seen that will be restarted`
  },
  async stutter(stage, { which, ms }) {
    const { weather, scenario, world, client } = stage
    weather.api = { ...weather.api, twice: 0.4 }
    lasting(stage, Math.min(ms, 20_000), 'the stutter', () => {
      if (world.now < scenario.chaosMs) weather.api = scenario.api
    })
    const told = 'somebody between managers and API server sends many requests twice'
    const set = among(setsOf(stage), which)
    if (!set) return told
    const replicas = (set.spec.replicas ?? 1) + 2
    await client.patch(NodeSets, { name: nameOf(set) }, { merge: { spec: { replicas } } })
    return `${told}, while a person scales set ${nameOf(set)} to ${replicas}`
  },
  async 'steal-lease'(stage) {
    const path = pathOf(Leases, systemNamespace, controllerUser)
    const signal = new AbortController().signal
    stage.freezes.leaseGone()
    await stage.server.transport().request({ method: 'DELETE', path, signal })
    return 'a person deletes the lease'
  },
}
