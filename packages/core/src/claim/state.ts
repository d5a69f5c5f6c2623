import { type Node, type Phase, annotations, finalizers, findCondition, hasTaint, labels, taints } from '../api/index.ts'

/** The name of the class that a Node claims; undefined for a Node that is nobody's claim. */
export const classNameOf = (node: Node): string | undefined => node.metadata?.labels?.[labels.class]

/** For an index of Nodes by the set that they say they belong to; one function for all who ask, as an index has one. */
export const setNamesOf = (node: Node): readonly string[] => {
  const name = node.metadata?.labels?.[labels.nodeset]
  return name === undefined ? [] : [name]
}

/** For an index of Nodes by class; one function for all who ask, as an index has one. */
export const classNamesOf = (node: Node): readonly string[] => {
  const name = classNameOf(node)
  return name === undefined ? [] : [name]
}

export const hasMachineFinalizer = (node: Node): boolean => node.metadata?.finalizers?.includes(finalizers.machine) ?? false

/** A Node that kube-node looks after: it names a class, or once did and still holds our finalizer. */
export const isClaim = (node: Node): boolean => classNameOf(node) !== undefined || hasMachineFinalizer(node)

export const isDeleting = (object: { readonly metadata?: { readonly deletionTimestamp?: string } }): boolean =>
  object.metadata?.deletionTimestamp !== undefined

const phases: readonly Phase[] = ['Pending', 'Provisioning', 'Booting', 'Running', 'Draining', 'Deleting']

/** Pending where nothing, or nothing that makes sense, is written. */
export const phaseOf = (node: Node): Phase => {
  const written = node.metadata?.annotations?.[annotations.phase]
  return phases.find(phase => phase === written) ?? 'Pending'
}

/**
 * The kubelet itself has posted status. A Ready condition proves nothing: kube-controller-manager writes Ready=Unknown
 * on a Node that never had a kubelet after 60 s. Only a kubelet writes nodeInfo.
 */
export const hasJoined = (node: Node): boolean => {
  const version = node.status?.nodeInfo?.['kubeletVersion']
  return typeof version === 'string' && version !== ''
}

export const readyStatus = (node: Node): 'True' | 'False' | 'Unknown' =>
  findCondition(node.status?.conditions, 'Ready')?.status ?? 'Unknown'

/** Up: joined and ready, no longer held back by us, and initialised where a cloud-controller-manager does that. */
export const isUp = (node: Node): boolean =>
  hasJoined(node) && readyStatus(node) === 'True' && ![taints.notUp, taints.uninitialized].some(key => hasTaint(node.spec?.taints, { key }))
