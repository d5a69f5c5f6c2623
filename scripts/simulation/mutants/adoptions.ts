import type { Mutant } from './mutant.ts'

/** Mistakes in adoptions, and in accounts that credentials open. */
export const adoptions: readonly Mutant[] = [
  {
    name: 'account not compared',
    edits: [
      {
        file: 'node/look.ts',
        find: 'connection.account === undefined || account === connection.account) return undefined',
        replace: "connection.account === undefined || account !== '') return undefined",
      },
    ],
  },
  {
    name: 'account believed before it is named',
    shownBy: { 'open-other-account': 8, 'cut-from-cloud': 5, 'cloud-down': 4 },
    edits: [{ file: 'inventory/session.ts', find: 'if (current?.identified && (', replace: 'if (current && (' }],
  },
  {
    name: 'created before its account is written',
    shownBy: { 'open-other-account': 8 },
    edits: [
      {
        file: 'node/perform.ts',
        find: 'const bound = await bindAttempt(life, facts.node, connection, prepared.pinned) if (bound) return { node: bound }',
        replace: 'void bindAttempt',
      },
    ],
  },
  {
    name: 'running Node taken for a new claim',
    edits: [
      {
        file: 'node/planProvision.ts',
        find: 'const runs = hasJoined(node) || node.spec?.providerID !== undefined',
        replace: 'const runs = hasJoined(node) && node.spec?.providerID === undefined',
      },
    ],
  },
  {
    name: 'adopted before it is recorded',
    edits: [
      {
        file: 'node/perform.ts',
        find: 'const { offer, providerID } = step',
        replace:
          'const { offer, providerID } = step\n' +
          "      const tags = { claim: node.metadata?.uid ?? '', nodeName: nameOf(node), attempt: 1 }\n" +
          '      await connection?.adopt(providerID, { cluster: life.cluster, controller: life.controller, ...tags })',
      },
    ],
  },
  {
    name: 'adoption of what no kubelet runs',
    edits: [{ file: 'node/planAdoption.ts', find: 'if (!hasJoined(node)) return refuse(', replace: 'if (!hasJoined) return refuse(' }],
  },
]
