/** Verbs of RBAC on `nodeclasses` of `kube-node.dev` that the admission policies ask for, beside those of Kubernetes. */
export const verbs = {
  /** Claim machines of that class, change what concerns the class on its claims, and delete them. */
  use: 'use',
  /** Put Nodes that already run under that class. */
  adopt: 'adopt',
  /** Write what is the controller's: record, phase, finalizer, reserved keys. The controller itself, and people in an emergency. */
  administer: 'administer',
  /** Create and delete Nodes that are no claims; asked for only where that policy is installed. */
  bypass: 'bypass',
} as const
