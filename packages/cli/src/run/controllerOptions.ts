import type { KubeNodeOptions } from '@kube-node/core'

/** What people say of the controllers' work. */
export interface ControllerFlags {
  readonly controller: string
  /** Whether certificate requests of kubelets are approved. */
  readonly certificates: boolean
  /** What would be collected as garbage is told of, and not deleted. */
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
}: ControllerFlags): Required<Pick<KubeNodeOptions, 'controller' | 'certificates' | 'garbage' | 'cloudControllerManager'>> => ({
  controller,
  certificates,
  garbage: dryRunGc === true ? 'report' : 'delete',
  cloudControllerManager,
})
