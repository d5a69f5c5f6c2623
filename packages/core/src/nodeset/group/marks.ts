import { type Node, type NodeSet, type Phase, annotations, finalizers, labels, nameOf } from '../../api/index.ts'
import { type MachineRecord, formatRecord, goodRecord, readyStatus } from '../../claim/index.ts'
import type { GroupFacts, GroupStep } from './facts.ts'
import { isKept } from './policy.ts'
import { ownerOf } from '../draft.ts'

/**
 * What makes a Node a member: the labels that say so, our finalizer, which holds it until its machine is gone, and the record of that
 * machine. Pods run on it: no taint of ours.
 */
export const claimPatch = (
  { set, controller, className }: GroupFacts,
  { node, member, revision }: Extract<GroupStep, { do: 'claim' }>,
  now: string,
): object => {
  const group = set.status?.group
  const uid = set.metadata?.uid ?? ''
  const known = goodRecord(node)
  const isOurs = known?.group?.set === uid && known.id === member.id
  const record: MachineRecord = {
    attempt: 1,
    controller,
    provider: group?.provider ?? '',
    ...(group?.account !== undefined && { account: group.account }),
    connection: group?.connection ?? { config: {} },
    id: member.id,
    providerID: member.providerID,
    createdAt: now,
    group: { id: group?.id ?? '', set: uid },
  }
  const phase: Phase = readyStatus(node) === 'True' ? 'Running' : 'Booting'
  const { finalizers: held = [], ownerReferences: owners = [], labels: own = {} } = node.metadata ?? {}
  const others = owners.filter(owner => owner.uid !== uid && !(isOurs && owner.controller === true))
  return {
    metadata: {
      labels: {
        [labels.class]: className,
        [labels.nodeset]: nameOf(set),
        ...(isOurs && own[labels.revision] !== undefined ? {} : { [labels.revision]: revision ?? null }),
      },
      annotations: isOurs ? {} : { [annotations.machine]: formatRecord(record), [annotations.phase]: phase },
      finalizers: held.includes(finalizers.machine) ? held : [...held, finalizers.machine],
      ownerReferences: isKept(set) ? others : [...others, ownerOf(set)],
    },
  }
}

/** The other way round. What class and set have put on it for its pods stays. */
export const letGoPatch = (node: Node, set: NodeSet): object => ({
  metadata: {
    labels: { [labels.class]: null, [labels.nodeset]: null, [labels.revision]: null },
    annotations: { [annotations.machine]: null, [annotations.phase]: null, [annotations.applied]: null },
    finalizers: node.metadata?.finalizers?.filter(name => name !== finalizers.machine) ?? [],
    ownerReferences: node.metadata?.ownerReferences?.filter(({ uid }) => uid !== set.metadata?.uid) ?? [],
  },
})
