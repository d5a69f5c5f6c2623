import { type Node, type Phase, type Taint, addTaints, annotations, finalizers, labels, taints } from '../api/index.ts'
import { type Birth, type MachineRecord, type Redress, deletingTaint, formatRecord, notUpTaint } from '../claim/index.ts'
import type { Json } from '../kube/index.ts'
import type { NodeEdit } from './edit.ts'
import { introduce } from './initialization.ts'
import type { Machine } from '../provider/index.ts'

/**
 * JSON merge patches of a Node, one a step. A merge patch replaces lists whole, so each goes out on the resourceVersion
 * that it was made from: what others wrote in between is never lost.
 */
export interface NodePatch {
  readonly metadata?: { readonly [key: string]: Json | undefined }
  readonly spec?: { readonly [key: string]: Json | undefined }
}

export const beginPatch = (node: Node, birth: Birth): NodePatch => ({
  metadata: {
    labels: birth.labels,
    annotations: birth.annotations,
    finalizers: withFinalizer(node),
  },
  spec: { taints: asJson(addTaints(node.spec?.taints, birth.taints)) },
})

/** Pods run on it: no taint of ours, and none of the class's before they are put on like any edit of it. */
export const adoptionPatch = (node: Node, record: MachineRecord, revision: string): NodePatch => ({
  metadata: {
    labels: { [labels.revision]: revision },
    annotations: { [annotations.machine]: formatRecord(record), [annotations.phase]: 'Provisioning' satisfies Phase },
    finalizers: withFinalizer(node),
  },
})

export const placePatch = ({ waits: _, ...record }: MachineRecord, waits: boolean): NodePatch => ({
  metadata: { annotations: { [annotations.machine]: formatRecord({ ...record, ...(waits && { waits }) }) } },
})

export const shieldPatch = (node: Node): NodePatch => ({
  metadata: {
    labels: { [labels.excludeDisruption]: 'true', [labels.excludeLoadBalancers]: 'true' },
    annotations: { [annotations.phase]: 'Pending' },
  },
  spec: { taints: asJson(addTaints(node.spec?.taints, [notUpTaint])) },
})

export const holdPatch = (node: Node): NodePatch => ({ metadata: { finalizers: withFinalizer(node) } })

/** `configured`: the provider has steps to do on the machine, for which it needs the config once more. */
export const noteAnnotations = (
  record: MachineRecord,
  machine: Machine,
  now: string,
  { configured, account }: { readonly configured: boolean; readonly account: string | undefined },
): NonNullable<NodeEdit['annotations']> => {
  const { config, pinned, avoid: _sent, adopts, waits: _seated, ...rest } = record
  const noted: MachineRecord = {
    ...rest,
    ...(configured && config && { config }),
    ...(configured && pinned && { pinned }),
    ...(account !== undefined && { account }),
    id: machine.id,
    providerID: machine.providerID,
    createdAt: now,
  }
  const adopted = adopts === undefined ? {} : { [annotations.adopt]: null }
  return { [annotations.machine]: formatRecord(noted), [annotations.phase]: 'Booting' satisfies Phase, ...adopted }
}

/** The kubelet ignores its own --provider-id and --node-labels for a Node that exists (seen with 1.37), so these are ours to write. */
export const joinPatch = (
  node: Node,
  record: MachineRecord,
  machine: Machine,
  { up, running, cloudControllerManager }: { readonly up: boolean; readonly running: boolean; readonly cloudControllerManager: boolean },
): NodeEdit => {
  const { labels: place, ...introduction } = introduce(node, machine, cloudControllerManager)
  return {
    ...introduction,
    labels: {
      ...place,
      ...(running ? { [labels.excludeDisruption]: null, [labels.excludeLoadBalancers]: null } : {}),
    },
    annotations: {
      ...(running ? { [annotations.phase]: 'Running' satisfies Phase } : {}),
      ...(record.token === undefined && !record.recovery ? {} : { [annotations.machine]: formatRecord(withoutToken(record)) }),
    },
    ...(up ? { untaint: [taints.notUp] } : {}),
  }
}

/** `condemned`: the record to write along, where the deletion of the machine is decided with it. */
export const cordonEdit = (phase: Phase, condemned?: MachineRecord): NodeEdit => ({
  annotations: { [annotations.phase]: phase, ...(condemned && { [annotations.machine]: formatRecord(condemned) }) },
  unschedulable: true,
  taint: deletingTaint,
})

export const redressPatch = ({ labels: own, annotations: notes, taints: marks }: Redress): NodePatch => ({
  metadata: { labels: own, annotations: notes },
  ...(marks && { spec: { taints: asJson(marks) } }),
})

export const condemnEdit = (condemned: MachineRecord): NodeEdit => ({
  annotations: { [annotations.phase]: 'Deleting' satisfies Phase, [annotations.machine]: formatRecord(condemned) },
})

export const outOfServicePatch = (node: Node): NodePatch => ({
  spec: { taints: asJson(addTaints(node.spec?.taints, [{ key: taints.outOfService, value: 'machine-gone', effect: 'NoExecute' }])) },
})

export const phasePatch = (phase: Phase): NodePatch => ({ metadata: { annotations: { [annotations.phase]: phase } } })

export const released: NodeEdit = { finalizer: finalizers.machine }

export const withoutToken = ({ token: _traded, recovery: _over, config: _sent, ...rest }: MachineRecord): MachineRecord => rest

export const withFinalizer = (node: Node): readonly string[] => {
  const present = node.metadata?.finalizers ?? []
  return present.includes(finalizers.machine) ? present : [...present, finalizers.machine]
}

export const asJson = (list: readonly Taint[]): Json => list.map(taint => ({ ...taint }))
