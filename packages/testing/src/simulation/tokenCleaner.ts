import { Secrets } from '@kube-node/core/api'
import { type Client, isConflict, isNotFound } from '@kube-node/core/kube'
import { type Truth, isBootstrapToken } from './truth.ts'
import { type World, tickEvery } from './world.ts'

const everyMs = 30_000

/** What kube-controller-manager does: bootstrap tokens that have expired are deleted. */
export const cleanTokens = (world: World, truth: Truth, client: Client): void => {
  const remove = async (name: string, uid: string): Promise<void> => {
    try {
      await client.delete(Secrets, { namespace: 'kube-system', name }, { uid })
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error
    }
  }
  tickEvery(world, everyMs, () => {
    for (const secret of truth.secrets.all.values()) {
      const expiration = Buffer.from(secret.data?.['expiration'] ?? '', 'base64').toString('utf8')
      if (!isBootstrapToken(secret) || Date.parse(expiration) > world.wall) continue
      remove(secret.metadata?.name ?? '', secret.metadata?.uid ?? '').catch((error: unknown) =>
        world.tell(`the simulated token cleaner stopped: ${String(error)}`),
      )
    }
  })
}
