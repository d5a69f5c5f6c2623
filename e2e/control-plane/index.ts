export { startControlPlane } from './control-plane.ts'
export type { ComponentName, ControlPlane, ControlPlaneOptions } from './control-plane.ts'
export type { Kubectl, KubectlOptions, KubectlResult } from './kubectl.ts'
export type { User, UserName } from './users.ts'
