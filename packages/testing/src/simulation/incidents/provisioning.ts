import { ConfigMaps } from '@kube-node/core/api'
import { motd, motdSaying } from '../estate.ts'
import type { Stage } from '../stage.ts'
import { type Plays, among, lasting } from './play.ts'

const bringBack = async ({ client, world }: Stage): Promise<void> => {
  try {
    await client.create(ConfigMaps, motdSaying(`hello again at ${world.now}`))
  } catch (error) {
    world.note(`somebody was quicker to bring the file back: ${String(error)}`)
  }
}

/** What befalls what machines are made of, and by what they join. */
export const provisioningPlays: Plays<'provisioning'> = {
  'use-up-quota'(stage, { ms }) {
    stage.cloud.faults.quotaUsedUp(true)
    lasting(stage, ms, 'the quota that was used up', () => stage.cloud.faults.quotaUsedUp(false))
    return `for ${ms} ms the account may have no more machines than it has`
  },
  async 'lose-file'(stage, { ms }) {
    const there = await stage.client.get(ConfigMaps, motd)
    if (!there) return undefined
    await stage.client.delete(ConfigMaps, motd, { uid: there.metadata?.uid ?? '' })
    lasting(stage, ms, 'the missing file', () => void bringBack(stage))
    return 'a person deletes the ConfigMap of a file of the class'
  },
  async 'edit-file'(stage) {
    await stage.client.patch(ConfigMaps, motd, { merge: { data: { text: `hello at ${stage.world.now}` } } })
    return 'a person edits a file of the class'
  },
  'lose-certificates'(stage, { which }) {
    const { cloud, joining, kubelets } = stage
    const machine = among(
      cloud.machines().filter(({ id, state }) => state === 'running' && joining.holder(id) !== undefined),
      which,
    )
    if (!machine) return undefined
    kubelets.stop(machine.id)
    joining.wipe(machine.id)
    kubelets.start(machine.id)
    return `the kubelet of ${machine.id} (${machine.owner?.nodeName ?? ''}) loses its key and certificates`
  },
}
