import { isAlreadyExists, isConflict, isNotFound } from '@kube-node/core/kube'
import type { Incident, IncidentKind } from '../kinds.ts'
import type { Stage } from '../stage.ts'
import { accountPlays } from './accounts.ts'
import { adoptionPlays } from './adoption.ts'
import { apiServerPlays, prepareBackup } from './apiServer.ts'
import { certificatePlays } from './certificates.ts'
import { claimPlays } from './claims.ts'
import { cloudPlays } from './cloud.ts'
import { groupPlays } from './groups.ts'
import { identityPlays } from './identity.ts'
import { machinePlays } from './machines.ts'
import { managerPlays } from './managers.ts'
import type { Play } from './play.ts'
import { provisioningPlays } from './provisioning.ts'
import { rolloutPlays } from './rollouts.ts'
import { setAndClassPlays } from './setsAndClasses.ts'
import { workloadPlays } from './workload.ts'

/** By whom they hit, and what people do. A new kind is a weight in kinds.ts and a function here. */
const plays: Readonly<Record<IncidentKind, Play>> = {
  ...managerPlays,
  ...apiServerPlays,
  ...cloudPlays,
  ...machinePlays,
  ...claimPlays,
  ...identityPlays,
  ...certificatePlays,
  ...rolloutPlays,
  ...accountPlays,
  ...adoptionPlays,
  ...workloadPlays,
  ...setAndClassPlays,
  ...groupPlays,
  ...provisioningPlays,
}

/** Has each one played at its time. `failed` hears of an incident that could not be played. */
export const schedule = (stage: Stage, incidents: readonly Incident[], failed: (error: unknown) => void): void => {
  for (const incident of incidents) {
    prepareBackup(stage, incident)
    stage.world.at(incident.at, `incident ${incident.kind} at ${incident.at}`, () => void play(stage, incident).catch(failed))
  }
}

/** Plays one. */
const play = async (stage: Stage, incident: Incident): Promise<void> => {
  try {
    const told = await plays[incident.kind](stage, incident)
    if (told !== undefined) stage.world.tell(`* ${told}`)
  } catch (error) {
    // A person who is told that somebody was quicker shrugs.
    if (!isNotFound(error) && !isAlreadyExists(error) && !isConflict(error)) throw error
  }
}
