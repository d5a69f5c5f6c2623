import { type NodeClass, type Taint, addTaints, annotations, finalizers, labels, nameOf, taints } from '../api/index.ts'
import { type MachineRecord, formatRecord } from './record.ts'
import { dressOf, formatDress, isBare } from './template.ts'
import { revisionOf } from './revision.ts'

/** Metadata and taints that a claim carries from its first write on. */
export interface Birth {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly finalizers: readonly string[]
  readonly taints: readonly Taint[]
}

/** What a set adds to its class for the nodes that it makes. */
export interface BirthTemplate {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly taints?: readonly Taint[]
  /** See NodeSetSpec.template. */
  readonly restartedAt?: string
}

/**
 * What stands on a claim before anything exists at the provider: the finalizer and the record, so that nothing can be
 * lost; the taint and the exclusions, so that a Node without a machine harms nobody; and what class and set want on it.
 */
export const birthOf = (
  nodeClass: NodeClass,
  record: MachineRecord,
  writtenConfig: Readonly<Record<string, unknown>>,
  template: BirthTemplate = {},
): Birth => {
  const dress = dressOf(nodeClass, template)
  return {
    labels: {
      ...dress.labels,
      [labels.class]: nameOf(nodeClass),
      [labels.revision]: revisionOf(nodeClass.spec, writtenConfig, template.restartedAt),
      [labels.excludeDisruption]: 'true',
      [labels.excludeLoadBalancers]: 'true',
    },
    annotations: {
      ...dress.annotations,
      [annotations.phase]: 'Provisioning',
      [annotations.machine]: formatRecord(record),
      ...(isBare(dress) ? {} : { [annotations.applied]: formatDress(dress) }),
    },
    finalizers: [finalizers.machine],
    taints: addTaints([notUpTaint], [...(nodeClass.spec.template?.startupTaints ?? []), ...dress.taints]),
  }
}

/**
 * NoExecute: kube-controller-manager takes `not-ready` off a Node without conditions at once, so only our own taint keeps
 * pods away (seen on 1.37).
 */
export const notUpTaint: Taint = { key: taints.notUp, effect: 'NoExecute' }
export const deletingTaint: Taint = { key: taints.deleting, effect: 'NoSchedule' }
