import type { Mutant } from './mutant.ts'

/** Mistakes in what is done about machines that nobody claims, and about information that is not to be believed. */
export const orphans: readonly Mutant[] = [
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
    name: 'one orphan at a time is enough for a freeze',
    shownBy: { restore: 8 },
    edits: [{ file: 'node/loss.ts', find: 'const believableCount = 2', replace: 'const believableCount = 0' }],
  },
  {
    name: 'orphans suspected anew at each sweep',
    edits: [{ file: 'node/orphans.ts', find: 'if (!suspects.has(id)) suspects.set(id, listedAt)', replace: 'suspects.set(id, listedAt)' }],
  },
  {
    name: 'machines made while nobody led are orphans as any other',
    edits: [
      {
        file: 'node/orphans.ts',
        find: 'witness(life, verdict.orphans)',
        replace: 'witness(life, [])',
      },
    ],
  },
  {
    name: 'freeze ignored',
    edits: [{ file: 'node/loss.ts', find: 'if (!all && isBelievable', replace: 'if (all || missing >= 0 || isBelievable' }],
  },
  {
    name: 'places that could not be asked are empty',
    shownBy: { 'zone-outage': 8 },
    edits: [
      { file: 'inventory/inventory.ts', find: 'if (missing.length === 0) listedAt = startedAt', replace: 'listedAt = startedAt' },
      { file: 'inventory/inventory.ts', find: 'if (missing.some(scope => covers(scope, entry.machine))) continue', replace: '' },
      { file: 'node/whyFrozen.ts', find: 'blindness(inventory.unasked) ?? ', replace: '' },
    ],
  },
  {
    name: 'restored API server trusted',
    edits: [
      { file: 'node/freeze/freeze.ts', find: 'record?.frozen === true ? record.why', replace: "record?.since === 'never' ? record.why" },
      { file: 'node/freeze/freeze.ts', find: ': evidence && wordsOf(evidence)', replace: ': evidence && undefined' },
    ],
  },
  {
    name: 'standby forgets that the API server went back',
    edits: [
      {
        file: 'kube/cache.ts',
        find: 'for (const regression of regressed.values()) tellRegression(listener, regression)',
        replace: 'void regressed',
      },
    ],
  },
  {
    name: 'freeze dies with its leader',
    edits: [
      { file: 'node/freeze/freeze.ts', find: 'record = there && freezeRecordOf(there)', replace: 'record = there && record' },
      {
        file: 'node/orphans.ts',
        find: 'witness(life, verdict.orphans)',
        replace: 'witness(life, [])',
      },
    ],
  },
]
