import { type KubeConfigLike, type KubeTransport, fromKubeConfig, loadKubeConfig } from '@kube-node/core/kube'
import { CommandFailed } from '../terminal/index.ts'

/** The cluster to work on, and its address for people. */
export interface Cluster {
  readonly transport: KubeTransport
  readonly server: string
}

export interface WhichCluster {
  /** Absolute path. Default: as kubectl finds it. */
  readonly file?: string
  readonly context?: string
}

/** Where client-node points when it has found no kubeconfig at all. */
const nowhere = 'http://localhost:8080'

/** @throws CommandFailed when there is no kubeconfig, it can't be read, or has no such context. */
export const connect = async (which: WhichCluster): Promise<Cluster> => {
  let config: KubeConfigLike
  try {
    config = await loadKubeConfig(which)
  } catch (error) {
    throw new CommandFailed(`the kubeconfig can't be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  const server = config.getCurrentCluster()?.server
  if (server === undefined) {
    throw new CommandFailed(
      which.context === undefined
        ? 'the kubeconfig has no current context: choose one with --context'
        : `the kubeconfig has no context "${which.context}", or its cluster is missing: see kubectl config get-contexts`,
    )
  }
  if (server === nowhere && which.context === undefined && which.file === undefined) {
    throw new CommandFailed('there is no kubeconfig: set KUBECONFIG, write ~/.kube/config, or run in a pod with a service account')
  }
  return { transport: fromKubeConfig(config), server }
}
