import type { Mutant } from './mutant.ts'

/** Mistakes in drains and deletions. */
export const deletions: readonly Mutant[] = [
  {
    name: 'drain skipped',
    edits: [
      {
        file: 'node/planDeletion.ts',
        find: 'hasJoined(node) ? planDrain(facts, record) : undefined',
        replace: 'void planDrain as undefined',
      },
    ],
  },
  {
    name: 'finalizer released when the deletion is accepted',
    edits: [
      { file: 'node/planDeletion.ts', find: "return { do: 'rest', expect: true, afterMs: 10_000 }", replace: "return { do: 'release' }" },
    ],
  },
  {
    name: 'drain timeout ignored',
    edits: [{ file: 'node/drain/plan.ts', find: '+ timeouts.drainMs - now.wall', replace: '+ 5_000 + 0 * timeouts.drainMs - now.wall' }],
  },
  {
    name: 'pods deleted where evictions are refused',
    edits: [
      {
        file: 'node/drain/evict.ts',
        find: 'await context.client.evict({',
        replace: 'await context.client.delete(Pods, {',
      },
      { file: 'node/drain/evict.ts', find: 'type Pod, conditions', replace: 'type Pod, Pods, conditions' },
    ],
  },
  {
    name: 'detach wait skipped',
    edits: [
      {
        file: 'node/drain/plan.ts',
        find: "if (attachments.length > 0 && left > 0 && readyStatus(node) !== 'Unknown') {",
        replace: "if (attachments.length < 0 && left > 0 && readyStatus(node) !== 'Unknown') {",
      },
    ],
  },
  {
    name: 'do-not-disrupt ignored',
    edits: [{ file: 'node/drain/holders.ts', find: "isProtected(pod) ? 'protected' : 'due'", replace: "isProtected(pod) ? 'due' : 'due'" }],
  },
  {
    name: 'critical pods not last',
    edits: [
      {
        file: 'node/drain/plan.ts',
        find: 'const turn = holders.some(({ critical }) => !critical) ? holders.filter(({ critical }) => !critical) : holders',
        replace: 'const turn = holders',
      },
    ],
  },
]
