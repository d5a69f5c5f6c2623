import type { Mutant } from './mutant.ts'

/** A name alone makes its histories have groups. */
const often = { 'scale-group-set': 1 }

/** Mistakes in what groups are told. */
export const groups: readonly Mutant[] = [
  {
    name: 'member removed while it drains',
    edits: [
      {
        file: 'nodeset/group/roster.ts',
        find: 'isDeleting(node) && goodRecord(node)?.deletedAt !== undefined',
        replace: 'isDeleting(node)',
      },
    ],
    shownBy: often,
  },
  {
    name: 'kept group deleted with its set',
    edits: [{ file: 'nodeset/group/policy.ts', find: "'Delete')) === 'Keep'", replace: "'Delete')) !== 'Delete' && group?.id === ''" }],
    shownBy: { ...often, 'delete-group-set': 4 },
  },
  {
    name: 'growth of a group not written down',
    edits: [
      {
        file: 'nodeset/group/plan.ts',
        find: 'onRecord(facts, decide(facts))',
        replace: '(onRecord(facts, nothing), decide(facts))',
      },
    ],
    shownBy: { 'overtaken-order': 12, 'limit-pool': 0, 'resize-group': 0 },
  },
  {
    name: 'a replaced member shrinks its group',
    edits: [
      {
        file: 'nodeset/group/orders.ts',
        find: 'Math.min(ids.length, Math.max(0, lacking))',
        replace: 'Math.min(ids.length, Math.max(0, lacking - 1))',
      },
    ],
    shownBy: { ...often, 'delete-group-node': 3 },
  },
]
