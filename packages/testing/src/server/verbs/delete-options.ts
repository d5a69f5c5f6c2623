import { at, isObject, textAt } from '../objects/index.ts'
import { type Call, countOf, dryRunProblems, flagOf } from '../request/index.ts'
import type { Cause } from '../schema/index.ts'
import { badRequest, invalid, invalidValue, unsupportedValue } from '../status/index.ts'

export interface DeleteOptions {
  readonly dryRun: boolean
  readonly gracePeriodSeconds: number | undefined
  readonly policy: 'Foreground' | 'Background' | 'Orphan' | undefined
  readonly uid: string
  readonly resourceVersion: string
}

/** From the body, or from the query where there is none. @throws Failure 400 or 422. */
export const deleteOptionsOf = (call: Call): DeleteOptions => {
  const { body, query } = call
  if (body !== undefined && body !== null && !isObject(body))
    throw badRequest('the object provided is unrecognized (must be of type DeleteOptions)')
  const given = isObject(body) ? body : undefined
  const policy = given === undefined ? (query['propagationPolicy'] ?? '') : textAt(given, 'propagationPolicy')
  const orphan = given === undefined ? flagOf(query, 'orphanDependents') : at(given, 'orphanDependents')
  const dryRuns =
    given === undefined ? query['dryRun'] : Array.isArray(given['dryRun']) ? (given['dryRun'] as readonly unknown[])[0] : undefined
  const grace = given === undefined ? countOf(query, 'gracePeriodSeconds') : at(given, 'gracePeriodSeconds')
  const causes: Cause[] = [...dryRunProblems(dryRuns)]
  if (policy !== '' && orphan !== undefined) {
    causes.push(invalidValue('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'))
  }
  const known = policy === 'Foreground' || policy === 'Background' || policy === 'Orphan' ? policy : undefined
  if (policy !== '' && known === undefined)
    causes.push(unsupportedValue('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']))
  if (causes.length > 0) throw invalid('meta.k8s.io', 'DeleteOptions', '', causes)
  return {
    dryRun: dryRuns === 'All',
    gracePeriodSeconds: typeof grace === 'number' ? grace : undefined,
    policy: known ?? (orphan === true ? 'Orphan' : orphan === false ? 'Background' : undefined),
    uid: textAt(given, 'preconditions', 'uid'),
    resourceVersion: textAt(given, 'preconditions', 'resourceVersion'),
  }
}
