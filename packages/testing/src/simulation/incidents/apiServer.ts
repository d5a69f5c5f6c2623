import { Leases, pathOf } from '@kube-node/core/api'
import { controllerUser, systemNamespace } from '../estate.ts'
import type { Plays } from './play.ts'

/** What befalls the API server and what only managers keep there. */
export const apiServerPlays: Plays<'apiServer'> = {
  compact(stage) {
    stage.server.compact()
    return 'the API server forgets the past'
  },
  async 'steal-lease'(stage) {
    const path = pathOf(Leases, systemNamespace, controllerUser)
    const signal = new AbortController().signal
    await stage.server.transport().request({ method: 'DELETE', path, signal })
    return 'a person deletes the lease'
  },
}
