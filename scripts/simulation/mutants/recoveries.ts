import type { Mutant } from './mutant.ts'

/** Mistakes in how machines that have lost their certificates are let in again. */
export const recoveries: readonly Mutant[] = [
  {
    name: 'machines that are silent left alone',
    shownBy: { 'lose-certificates': 8, 'edit-class': 0 },
    edits: [
      {
        file: 'node/planRecovery.ts',
        find: "if (machine.state !== 'running') return usual",
        replace: "if (machine.state === 'running') return usual",
      },
    ],
  },
]
