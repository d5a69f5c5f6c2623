import type { Mutant } from './mutant.ts'

/** Mistakes in who may act, and on what he knows. */
export const processes: readonly Mutant[] = [
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
]
