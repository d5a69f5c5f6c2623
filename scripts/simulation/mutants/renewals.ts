import type { Mutant } from './mutant.ts'

/** Mistakes in how nodes keep their certificates. */
export const renewals: readonly Mutant[] = [
  {
    name: 'renewals not seen',
    edits: [
      {
        file: 'identity/requestor.ts',
        find: "return name !== '' && groups.includes('system:nodes') ?",
        replace: "return name !== '' && groups.includes('system:nodes') && wants === 'serving' ?",
      },
    ],
  },
  {
    name: 'renewals refused while a node is drained',
    edits: [
      {
        file: 'identity/judge.ts',
        find: "if (wants === 'serving') return judgeServing(facts, node, record, name)",
        replace: "if (wants === 'serving') return judgeServing(facts, node, record, name)\n  if (isDeleting(node)) return notOurs",
      },
    ],
  },
  {
    name: 'whoever is called a node is one',
    shownBy: { 'forge-renewal': 8 },
    edits: [{ file: 'identity/requestor.ts', find: "name !== '' && groups.includes('system:nodes')", replace: "name !== ''" }],
  },
  {
    name: 'a node serves as anybody',
    shownBy: { 'forge-renewal': 8 },
    edits: [{ file: 'identity/judge.ts', find: 'if (foreign !== undefined) {', replace: 'if (foreign === null) {' }],
  },
  {
    name: 'requests judged when they come, and never again',
    edits: [
      { file: 'identity/part.ts', find: 'valuesOfNode(node).flatMap(value =>', replace: 'valuesOfNode(node).slice(0, 0).flatMap(value =>' },
    ],
  },
]
