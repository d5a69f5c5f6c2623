import type { Cause } from '../schema/index.ts'
import { type Path, hasPath, pathsOf, printPath, type FieldSet } from './field-set.ts'
import type { Managed } from './managers.ts'

/** A field that an applier wants to change, and another manager owns. */
export interface Conflict {
  readonly id: string
  readonly owner: Managed
  readonly path: Path
}

/** Somebody else owns what is to be changed. Answered as 409. */
export class ApplyConflict extends Error {
  readonly conflicts: readonly Conflict[]

  constructor(conflicts: readonly Conflict[]) {
    super(messageOf(conflicts))
    this.conflicts = conflicts
  }

  get causes(): readonly Cause[] {
    return this.conflicts.map(({ owner, path }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${nameOf(owner)}`,
      field: printPath(path),
    }))
  }
}

export const conflictsOf = (id: string, owner: Managed, fields: FieldSet): readonly Conflict[] =>
  pathsOf(fields).map(path => ({ id, owner, path }))

export const conflictsWithout = (conflicts: readonly Conflict[], allowed: FieldSet): readonly Conflict[] =>
  conflicts.filter(({ path }) => !hasPath(allowed, path))

const messageOf = (conflicts: readonly Conflict[]): string => {
  const [first, ...others] = conflicts
  if (first !== undefined && others.length === 0)
    return `Apply failed with 1 conflict: conflict with ${nameOf(first.owner)}: ${printPath(first.path)}`
  const byOwner = Map.groupBy(conflicts, ({ id }) => id)
  const lines = [...byOwner]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, list]) => list.map(({ owner, path }, i) => `${i === 0 ? `conflicts with ${nameOf(owner)}:\n` : ''}- ${printPath(path)}`))
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`
}

const nameOf = ({ manager, operation, apiVersion, subresource }: Managed): string =>
  JSON.stringify(manager) +
  (subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`) +
  (operation === 'Update' ? ` using ${apiVersion}` : '')
