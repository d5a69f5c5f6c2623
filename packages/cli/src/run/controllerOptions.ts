import type { KubeNodeOptions } from '@kube-node/core'

/** What people say of the controllers' work. */
export interface ControllerFlags {
  readonly controller: string
  /** Whether certificate requests of kubelets are approved. */
  readonly certificates: boolean
  /** Machines without a claim are told of, and not deleted. */
  readonly dryRunGc?: boolean
  /** One runs in this cluster, and initialises Nodes. */
  readonly cloudControllerManager?: boolean
}

/** The same as core wants it. */
export const controllerOptionsOf = ({
  controller,
  certificates,
  dryRunGc,
  cloudControllerManager = false,
}: ControllerFlags): Required<Pick<KubeNodeOptions, 'controller' | 'certificates' | 'orphans' | 'cloudControllerManager'>> => ({
  controller,
  certificates,
  orphans: dryRunGc === true ? 'report' : 'delete',
  cloudControllerManager,
})
