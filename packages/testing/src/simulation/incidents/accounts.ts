import { Secrets } from '@kube-node/core/api'
import { writeCredentials } from '../accounts.ts'
import { credential, otherCredential, secretName, systemNamespace, wrongCredential } from '../estate.ts'
import type { Stage } from '../stage.ts'
import { type Plays, lasting } from './play.ts'

const failed =
  ({ world }: Stage) =>
  (error: unknown): void =>
    world.tell(`a person could not correct the credentials: ${String(error)}`)

const forAWhile = (stage: Stage, ms: number, what: string): void =>
  lasting(stage, ms, what, () => void writeCredentials(stage.client, credential).catch(failed(stage)))

/** What people do to the credentials of the class: all of it is taken back after a while. */
export const accountPlays: Plays<'accounts'> = {
  async 'open-other-account'(stage, { ms }) {
    await writeCredentials(stage.client, otherCredential)
    forAWhile(stage, 2 * ms, 'the credentials of another account')
    return 'a person writes the credentials of another account into the Secret of the class'
  },
  async 'wrong-credentials'(stage, { ms }) {
    await writeCredentials(stage.client, wrongCredential)
    forAWhile(stage, ms, 'the wrong credentials')
    return 'a person writes credentials into the Secret of the class that open nothing'
  },
  async 'delete-secret'(stage, { ms }) {
    const { uid } = stage.truth.secrets.all.get(`${systemNamespace}/${secretName}`)?.metadata ?? {}
    if (uid === undefined) return undefined
    await stage.client.delete(Secrets, { namespace: systemNamespace, name: secretName }, { uid })
    forAWhile(stage, ms, 'the want of credentials')
    return 'a person deletes the Secret of the class'
  },
}
