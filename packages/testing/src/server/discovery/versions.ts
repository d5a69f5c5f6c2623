import type { ResourceDefinition } from '../schema/index.ts'

/** `v2` before `v1` before `v2beta1` before `v1alpha1`; then names of another form, by the alphabet. */
export const byPriority = (a: string, b: string): number => {
  const [x, y] = [rank(a), rank(b)]
  for (const [i, part] of x.entries()) {
    const difference = (y[i] ?? 0) - part
    if (difference !== 0) return difference
  }
  return a < b ? -1 : a > b ? 1 : 0
}

const stages = ['alpha', 'beta']

const rank = (version: string): readonly number[] => {
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? []
  if (major === undefined) return [-1, 0, 0]
  return [stage === undefined ? 2 : stages.indexOf(stage), Number(major), Number(minor ?? 0)]
}

/** Groups in the order in which they were defined, the core group ('') apart. */
export const groupsOf = (definitions: readonly ResourceDefinition[]): readonly string[] =>
  [...new Set(definitions.map(d => d.group))].filter(group => group !== '')

/** Versions of a group, the preferred one first. */
export const versionsOf = (definitions: readonly ResourceDefinition[], group: string): readonly string[] =>
  [...new Set(definitions.filter(d => d.group === group).map(d => d.version))].sort(byPriority)
