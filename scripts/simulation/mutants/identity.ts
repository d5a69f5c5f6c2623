import type { Mutant } from './mutant.ts'

/** Mistakes in who may be which node. */
export const identity: readonly Mutant[] = [
  {
    name: 'a token opens any node',
    edits: [
      {
        file: 'identity/judge.ts',
        find: 'if (asked.commonName !== `system:node:${name}`)',
        replace: "if (!asked.commonName.startsWith('system:node:'))",
      },
    ],
  },
  {
    name: 'approved before the key is bound',
    edits: [
      {
        file: 'identity/approve.ts',
        find: 'if (bind !== undefined && (await bindKey(client, bind.token, bind.key, signal)) === undefined) return false',
        replace: '',
      },
      {
        file: 'identity/approve.ts',
        find: "await client.update(CertificateSigningRequests, approved, { subresource: 'approval', signal })",
        replace:
          "await client.update(CertificateSigningRequests, approved, { subresource: 'approval', signal })\n" +
          '  if (bind !== undefined) await bindKey(client, bind.token, bind.key, signal)',
      },
    ],
  },
  {
    name: 'token left after the join',
    edits: [
      {
        file: 'node/perform.ts',
        find: 'finds the word and looks again. await dropDocument(life, node, record)',
        replace: '',
      },
    ],
  },
]
