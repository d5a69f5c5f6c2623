import type { Admitted } from '../context.ts'
import { type JsonObject, isObject } from '../objects/index.ts'
import { type Call, countOf, flagOf } from '../request/index.ts'

const kinds = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' } as const

/**
 * `request.options` in expressions: what the client asked for, of the kind that fits what comes of it (a patch may create). What it did not
 * say is absent: nobody fills in defaults, nor the name of a manager that is known by its User-Agent.
 */
export const optionsVariable = (call: Call, change: Admitted): JsonObject => ({
  kind: kinds[change.operation],
  apiVersion: 'meta.k8s.io/v1',
  ...(change.operation === 'DELETE' ? deletion(call, change) : writing(call)),
})

const writing = ({ query }: Call): JsonObject => ({
  ...(said(query['dryRun']) ? { dryRun: [query['dryRun']] } : {}),
  ...(said(query['fieldManager']) ? { fieldManager: query['fieldManager'] } : {}),
  ...(said(query['fieldValidation']) ? { fieldValidation: query['fieldValidation'] } : {}),
})

const said = (text: string | undefined): boolean => text !== undefined && text !== ''

const fields = ['gracePeriodSeconds', 'preconditions', 'orphanDependents', 'propagationPolicy', 'dryRun'] as const

/** From the body, or from the query where there is none. */
const deletion = (call: Call, { settled }: Admitted): JsonObject => {
  const given = isObject(call.body) ? call.body : fromQuery(call)
  return {
    ...Object.fromEntries(fields.flatMap(field => (isEmpty(given[field]) ? [] : [[field, given[field]]]))),
    // Those of a collection stay as they were asked for: each object gets a copy.
    ...(call.verb === 'deletecollection' ? {} : settled),
  }
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || (Array.isArray(value) && value.length === 0)

const fromQuery = ({ query }: Call): JsonObject => ({
  gracePeriodSeconds: countOf(query, 'gracePeriodSeconds'),
  orphanDependents: flagOf(query, 'orphanDependents'),
  propagationPolicy: said(query['propagationPolicy']) ? query['propagationPolicy'] : undefined,
  dryRun: said(query['dryRun']) ? [query['dryRun']] : undefined,
})
