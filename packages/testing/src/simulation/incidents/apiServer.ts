import { Leases, pathOf } from '@kube-node/core/api'
import { marksOn } from '../foreign.ts'
import type { Incident } from '../kinds.ts'
import type { Stage } from '../stage.ts'
import { controllerUser, systemNamespace } from '../estate.ts'
import type { Plays } from './play.ts'

/** Between half a minute and five before it is needed. Milliseconds. */
const backupAgeMs = ({ which }: Incident): number => 30_000 + Math.floor(which * 270_000)
/** A person has read that deletions are frozen, and has looked, so long after a restore. Milliseconds. */
const personLooksAfterMs = ({ ms }: Incident): number => 90_000 + 2 * ms

/** What an incident needs from the time before it. */
export const prepareBackup = ({ world, server, backups }: Stage, incident: Incident): void => {
  if (incident.kind !== 'restore') return
  world.at(incident.at - backupAgeMs(incident), `backup for ${incident.at}`, () => void backups.set(incident, server.snapshot()))
}

/** What befalls the API server and what only managers keep there. */
export const apiServerPlays: Plays<'apiServer'> = {
  compact(stage) {
    stage.server.compact()
    return 'the API server forgets the past'
  },
  restore(stage, incident) {
    const { world, weather, managers, restores, kubelets, backups } = stage
    const backup = backups.get(incident)
    if (!backup) return undefined
    const downMs = incident.ms
    weather.apiOutage.until = Math.max(weather.apiOutage.until, world.now + downMs)
    for (let slot = 0; slot < managers.slots; slot++) managers.breakWatches(slot, 'error')
    stage.breakComponents()
    restores.restore(backup, managers.lives)
    stage.foreign.clear()
    for (const node of restores.nodes()) stage.foreign.set(node.metadata?.uid ?? '', marksOn(node))
    world.at(downMs + 1_000, 'kubelets compare their Nodes', () => kubelets.postAll())
    world.at(downMs + personLooksAfterMs(incident), 'a person has looked', () => {
      world.tell('* a person has looked at what the restore has left, and restarts the controllers')
      for (let slot = 0; slot < managers.slots; slot++) managers.stop(slot)
    })
    const ageSeconds = Math.round(backupAgeMs(incident) / 1_000)
    return `the API server is restored from a backup of ${ageSeconds} s ago, and is there again in ${downMs} ms`
  },
  async 'steal-lease'(stage) {
    const path = pathOf(Leases, systemNamespace, controllerUser)
    const signal = new AbortController().signal
    await stage.server.transport().request({ method: 'DELETE', path, signal })
    return 'a person deletes the lease'
  },
}
