import { type Node, type Taint, hasTaint, labels, taints } from '../api/index.ts'
import type { Machine } from '../provider/index.ts'
import type { NodeEdit } from './edit.ts'

export interface InitializationOptions {
  /**
   * A cloud-controller-manager runs in this cluster, and initialises Nodes: it writes their addresses and the labels of zone, region and
   * instance type. Every Node whose `spec.providerID` is written here then gets the taint `node.cloudprovider.kubernetes.io/uninitialized`
   * in the same write, and is `Running` when it is off. Set it wherever kubelets run with `--cloud-provider=external`: they put that taint
   * on the Nodes that they make, and on no claim. Default false: those labels are written here.
   */
  readonly cloudControllerManager?: boolean
}

/** As kubelets with `--cloud-provider=external` put it on the Nodes that they make (seen with 1.37). */
export const uninitializedTaint: Taint = { key: taints.uninitialized, value: 'true', effect: 'NoSchedule' }

/**
 * The labels that a cloud-controller-manager writes. It makes the newer label of a place what the older one says whenever they differ
 * (k8s.io/cloud-provider 1.37): who writes one of them writes against it for ever.
 */
export const placeLabelKeys: ReadonlySet<string> = new Set([
  labels.zone,
  labels.region,
  labels.instanceType,
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type',
])

/** Where a machine is, and what it is, as its provider says. */
export const placeLabels = ({ zone, region, instanceType }: Machine): Readonly<Record<string, string>> => ({
  ...(zone === undefined ? {} : { [labels.zone]: zone }),
  ...(region === undefined ? {} : { [labels.region]: region }),
  ...(instanceType === undefined ? {} : { [labels.instanceType]: instanceType }),
})

export type Introduction = Required<Pick<NodeEdit, 'labels'>> & Pick<NodeEdit, 'providerID' | 'taint'>

/**
 * What makes a Node known as that machine's. A providerID is written once in a Node's life, and a cloud-controller-manager that
 * initialises a Node leaves none without (k8s.io/cloud-provider 1.37): so who has one has had the taint, or never needs it, and the taint
 * that goes on in the write of the providerID is never put on a second time.
 */
export const introduce = (node: Node, machine: Machine, cloudControllerManager: boolean): Introduction => {
  const isNew = node.spec?.providerID === undefined
  return {
    labels: cloudControllerManager ? {} : placeLabels(machine),
    ...(isNew && { providerID: machine.providerID }),
    ...(isNew && cloudControllerManager && { taint: uninitializedTaint }),
  }
}

/** Whether all of it is written. */
export const isIntroduced = (node: Node, machine: Machine, cloudControllerManager: boolean): boolean =>
  node.spec?.providerID !== undefined &&
  (cloudControllerManager || machine.zone === undefined || node.metadata?.labels?.[labels.zone] !== undefined)

/** A cloud-controller-manager has to initialise it first, or will have to when its providerID is written. Whoever put the taint on. */
export const awaitsInitialization = (node: Node, cloudControllerManager: boolean): boolean =>
  hasTaint(node.spec?.taints, { key: taints.uninitialized }) || (cloudControllerManager && node.spec?.providerID === undefined)
