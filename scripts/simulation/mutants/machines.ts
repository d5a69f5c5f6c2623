import type { Mutant } from './mutant.ts'

/** Mistakes in how machines are made: tokens, attempts, and what proves that there is none. */
export const machines: readonly Mutant[] = [
  {
    name: 'token of every call its own',
    edits: [
      {
        file: 'node/request.ts',
        find: 'const token = tokenOf(node, record)',
        replace: 'const token = `${tokenOf(node, record)}-${(sent.calls += 1)}`',
      },
      { file: 'node/request.ts', find: 'const longestName = 63', replace: 'const longestName = 63\nconst sent = { calls: 0 }' },
    ],
  },
  {
    name: 'token without the attempt',
    edits: [{ file: 'node/request.ts', find: '`${claimOf(node)}-${record.attempt}`', replace: '`${claimOf(node)}`' }],
  },
  {
    name: 'pinned anew at each send',
    edits: [
      {
        file: 'node/call.ts',
        find: 'const request = createRequest(node, record,',
        replace:
          'const pinned = await connection.pin(record.config ?? {})\n' +
          '    const request = createRequest(node, { ...record, ...(pinned && { pinned }) },',
      },
    ],
  },
  {
    name: 'sent as the class says, while the pin is written',
    edits: [
      {
        file: 'node/perform.ts',
        find:
          'if (bound) return { node: bound } ' +
          'await sendUnder(life, facts.node, connection, () => callCreate(life, facts, connection, prepared))',
        replace: 'await callCreate(life, facts, connection, prepared)\n  if (bound) return { node: bound }',
      },
    ],
  },
  {
    name: 'no finalizer before create',
    edits: [
      {
        file: 'node/patches.ts',
        find: 'annotations: birth.annotations, finalizers: withFinalizer(node),',
        replace: 'annotations: birth.annotations,',
      },
      { file: 'node/planProvision.ts', find: "if (!hasMachineFinalizer(node)) return { do: 'hold' }", replace: 'void hasMachineFinalizer' },
    ],
  },
  {
    name: 'lookup without the window',
    edits: [{ file: 'node/proof.ts', find: 'mirror.createTimeoutMs + mirror.consistencyWindowMs', replace: '0 * mirror.createTimeoutMs' }],
  },
  {
    name: 'attempt raised after an unknown outcome',
    edits: [
      {
        file: 'node/planProvision.ts',
        find: '!mayRepeat(failure, facts) && provenEmpty(record, flight, mirror, now)',
        replace: '!mayRepeat(failure, facts)',
      },
    ],
  },
  {
    name: 'vanished without confirmation',
    edits: [{ file: 'node/proof.ts', find: 'missingSince + mirror.consistencyWindowMs', replace: 'missingSince - 1' }],
  },
  {
    name: 'forgotten joins taken for late ones',
    shownBy: { 'restore-before-join': 8 },
    edits: [
      { file: 'node/planMachine.ts', find: 'if (graceLeft > 0)', replace: 'if (graceLeft > Infinity)' },
      { file: 'node/planMachine.ts', find: 'if (mirror.distrusted !== undefined) {', replace: 'if (mirror.distrusted === null) {' },
    ],
  },
  {
    name: 'an error is for ever',
    edits: [{ file: 'node/call.ts', find: 'retryAt: runtime.clock.monotonic() + delayMs', replace: 'retryAt: Infinity' }],
  },
  {
    name: 'secrets in errors',
    edits: [
      {
        file: 'inventory/policy.ts',
        find: 'const failure = toProviderError(error, secrets)',
        replace: 'const failure = toProviderError(error)',
      },
      { file: 'inventory/policy.ts', find: 'throw toProviderError(error, secrets)', replace: 'throw toProviderError(error)' },
    ],
  },
  {
    name: 'taints written over what others wrote',
    edits: [
      {
        file: 'node/write.ts',
        find: '{ merge: { metadata: patch.metadata, spec: patch.spec } }, { on: precondition(node) }',
        replace: "{ merge: { metadata: patch.metadata, spec: patch.spec } }, { on: { uid: node.metadata?.uid ?? '' } }",
      },
    ],
  },
  {
    name: 'an edit of a Node lands on whatever has become of it',
    edits: [
      {
        file: 'node/write.ts',
        find: "{ on: { uid: node.metadata?.uid ?? '', fields } })",
        replace: "{ on: { uid: node.metadata?.uid ?? '' } })",
      },
    ],
  },
]
