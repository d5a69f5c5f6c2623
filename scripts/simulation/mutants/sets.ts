import type { Mutant } from './mutant.ts'

/** Mistakes in what a set makes and removes. */
export const sets: readonly Mutant[] = [
  {
    name: 'no surge budget',
    edits: [{ file: 'nodeset/plan/creations.ts', find: 'all + standing.surge - standing.total', replace: 'wanted + all' }],
  },
  {
    name: 'unanswered create forgotten',
    edits: [
      {
        file: 'nodeset/hands.ts',
        find: 'if (TransportError.is(error)) suspect()',
        replace: 'if (TransportError.is(error) && triesLeft < 0) suspect()',
      },
    ],
  },
  {
    name: 'no floor of available nodes',
    edits: [{ file: 'nodeset/plan/ledger.ts', find: 'serving > fewest.serving', replace: 'serving > -1' }],
  },
  {
    name: 'the warm counted as serving',
    edits: [{ file: 'nodeset/plan/ledger.ts', find: 'counted.filter(({ member }) => !member.warm).length', replace: 'counted.length' }],
  },
  {
    name: 'one too many removed',
    edits: [
      {
        file: 'nodeset/plan/removals.ts',
        find: 'if (count <= wanted + Math.min(surge, old)) return',
        replace: 'if (count < wanted + Math.min(surge, old)) return',
      },
    ],
  },
  {
    name: 'a place under the limit for whoever a set makes',
    edits: [
      {
        file: 'nodeset/draft.ts',
        find: 'offer.nodeClass.spec.limits?.nodes !== undefined',
        replace: 'offer.nodeClass.spec.limits?.nodes === -1',
      },
      { file: 'nodeset/gather.ts', find: ' - underWay(className))', replace: ' - underWay(className) + 9)' },
    ],
  },
]
