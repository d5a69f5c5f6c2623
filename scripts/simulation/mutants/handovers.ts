import type { Mutant } from './mutant.ts'

/** Mistakes where the cloud dictates names. */
export const handovers: readonly Mutant[] = [
  {
    name: 'claim given up before another Node has it',
    edits: [
      {
        file: 'node/handover.ts',
        find: 'writeNode(life, to, handoverPatch(node, to, { record, machine, startupTaints, cloudControllerManager }))',
        replace: 'writeNode(life, node, markPatch(nameOf(to)))',
      },
    ],
  },
  {
    name: 'machines of claims that were taken over collected as orphans',
    edits: [
      {
        file: 'node/orphans.ts',
        find: 'uid => nodes.by(byClaim, uid).length > 0',
        replace: 'uid => nodes.by(byClaim, uid).some(({ metadata }) => metadata?.uid === uid)',
      },
      {
        file: 'node/liveClaim.ts',
        find: 'return node?.metadata?.uid === claim || isTakenOver(ask, claim)',
        replace: 'return node?.metadata?.uid === claim',
      },
    ],
  },
  {
    name: 'claim and its heir counted as two',
    edits: [
      {
        file: 'nodeset/gather.ts',
        find: 'return onePerClaim(nodes)',
        replace: 'return nodes',
      },
    ],
  },
]
