import type { JsonObject } from '../objects/index.ts'
import type { Managed, Managers } from './managers.ts'
import type { Managing } from './managing.ts'
import { appliedProblem } from './validate.ts'

/** An object does not fit into a version in which somebody owns fields of it, as an apply is refused over it. */
export class Inconvertible extends Error {}

/**
 * Fields are compared in each version in which somebody owns some. Objects come there by a conversion that drops nothing, so what one
 * version knows and another does not makes the comparison impossible. Undefined where the object fits.
 */
const misfit = (managing: Managing, object: JsonObject, apiVersion: string): string | undefined => {
  const schema = apiVersion === managing.apiVersion ? undefined : managing.schemaIn(apiVersion)
  return schema === undefined ? undefined : appliedProblem(schema, object)
}

const firstOf = <T>(managers: Iterable<T>, problem: (manager: T) => string | undefined): string | undefined => {
  for (const manager of managers) {
    const found = problem(manager)
    if (found !== undefined) return found
  }
  return undefined
}

/** Can nobody say who owns what after this update? Then the books stay as they are. */
export const isIncomparable = (managing: Managing, managers: Managers, live: JsonObject, next: JsonObject): boolean =>
  firstOf(managers.values(), ({ apiVersion }) => misfit(managing, live, apiVersion) ?? misfit(managing, next, apiVersion)) !== undefined

interface Merge {
  readonly live: JsonObject
  readonly merged: JsonObject
  readonly managers: Managers
  /** What the manager said last time; absent when nothing. */
  readonly last: Managed | undefined
  /** Its identity. */
  readonly own: string
}

/** @throws Inconvertible where an apply cannot be compared, in the order in which that is found. */
export const checkVersions = (managing: Managing, { live, merged, managers, last, own }: Merge): void => {
  const refuse = (problem: string | undefined, step = ''): void => {
    if (problem !== undefined) throw new Inconvertible(step + problem)
  }
  refuse(firstOf(managers.values(), ({ apiVersion }) => misfit(managing, live, apiVersion)))
  const others = [...managers].filter(([id]) => id !== own).map(([, managed]) => managed)
  if (last !== undefined) {
    const pruning = 'failed to prune fields: '
    refuse(misfit(managing, merged, last.apiVersion), `${pruning}failed to convert merged object to last applied version: `)
    for (const { apiVersion } of others) {
      refuse(
        misfit(managing, merged, apiVersion),
        `${pruning}failed add back owned items: failed to convert merged object at version ${apiVersion}: `,
      )
    }
  }
  refuse(
    firstOf(others, ({ apiVersion }) => misfit(managing, merged, apiVersion)),
    'failed to convert new object: ',
  )
}
