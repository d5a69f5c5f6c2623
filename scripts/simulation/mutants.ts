/** One place of core's source. `file` is below packages/core/src; `find` must be there just once. */
export interface Edit {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** A deliberate mistake, which the simulation must find within so many seeds. */
export interface Mutant {
  readonly name: string
  readonly edits: readonly Edit[]
}

/**
 * What people who wrote controllers got wrong before. The first ones are found soonest: `npm test` runs a few of them, and
 * `npm run simulate:mutants` all.
 */
export const mutants: readonly Mutant[] = [
  {
    name: 'no surge budget',
    edits: [{ file: 'nodeset/plan.ts', find: 'Math.min(wanted, budget, facts.room)', replace: 'Math.min(wanted, facts.room)' }],
  },
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
    edits: [{ file: 'node/request.ts', find: "`${node.metadata?.uid ?? ''}-${record.attempt}`", replace: "`${node.metadata?.uid ?? ''}`" }],
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
    name: 'stale store',
    edits: [{ file: 'kube/client.ts', find: "else observe(resource, { kind: 'written', object })", replace: 'else void object' }],
  },
  {
    name: 'lease not checked',
    edits: [{ file: 'engine/manager.ts', find: 'leadership?.fence()', replace: 'void leadership' }],
  },
  {
    name: 'new leader trusts its cache',
    edits: [{ file: 'engine/manager.ts', find: 'await cache.refresh(stopping.signal)', replace: 'void cache.refresh' }],
  },
  {
    name: 'orphans of other clusters collected',
    edits: [
      {
        file: 'node/orphans.ts',
        find: 'owner?.cluster === life.cluster && owner.controller === life.controller',
        replace: 'owner !== undefined && owner.controller === life.controller',
      },
    ],
  },
  {
    name: 'orphans of other controllers collected',
    edits: [
      {
        file: 'node/orphans.ts',
        find: 'owner?.cluster === life.cluster && owner.controller === life.controller',
        replace: 'owner?.cluster === life.cluster',
      },
    ],
  },
  {
    name: 'orphans never collected',
    edits: [
      { file: 'node/orphans.ts', find: 'for (const machine of verdict.due)', replace: 'for (const machine of verdict.due.slice(0, 0))' },
    ],
  },
  {
    name: 'attempt raised after an unknown outcome',
    edits: [{ file: 'node/planProvision.ts', find: 'failure && provenEmpty(record, flight, mirror, now)', replace: 'failure' }],
  },
  {
    name: 'vanished without confirmation',
    edits: [{ file: 'node/proof.ts', find: 'missingSince + mirror.consistencyWindowMs', replace: 'missingSince - 1' }],
  },
  {
    name: 'freeze ignored',
    edits: [{ file: 'node/loss.ts', find: 'if (!all && isBelievable', replace: 'if (all || missing >= 0 || isBelievable' }],
  },
  {
    name: 'restored API server trusted',
    edits: [{ file: 'node/controller.ts', find: '(wentBack ? restoredBackup : undefined)', replace: '(wentBack ? undefined : undefined)' }],
  },
  {
    name: 'standby forgets that the API server went back',
    edits: [
      {
        file: 'kube/cache.ts',
        find: 'for (const resource of regressed.values()) tellRegression(listener, resource)',
        replace: 'void regressed',
      },
    ],
  },
  {
    name: 'one orphan at a time is enough for a freeze',
    edits: [{ file: 'node/loss.ts', find: 'const believableCount = 2', replace: 'const believableCount = 0' }],
  },
  {
    name: 'orphans suspected anew at each sweep',
    edits: [{ file: 'node/orphans.ts', find: 'if (!suspects.has(id)) suspects.set(id, listedAt)', replace: 'suspects.set(id, listedAt)' }],
  },
  {
    name: 'unanswered create forgotten',
    edits: [
      {
        file: 'nodeset/controller.ts',
        find: 'if (TransportError.is(error)) count()',
        replace: 'if (TransportError.is(error) && triesLeft < 0) count()',
      },
    ],
  },
  {
    name: 'one too many removed',
    edits: [{ file: 'nodeset/plan.ts', find: 'Math.max(0, live.length - replicas)', replace: 'Math.max(0, live.length - replicas + 1)' }],
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
]
