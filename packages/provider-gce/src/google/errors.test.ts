import { describe, expect, test } from 'vitest'
import { Refusal, operationFailed, toProviderError } from './errors.ts'

const scope = { zone: 'z', instanceType: 't', capacityType: 'spot' }
const compute = (code: number, reason: string, message = 'said') => ({
  error: { code, message, errors: [{ message, domain: 'global', reason }] },
})
const refused = (status: number, body: unknown, retryAfter?: string) =>
  toProviderError('instances.insert', new Refusal(status, body, retryAfter), scope)

describe('a refusal', () => {
  test.each([
    [403, 'quotaExceeded', 'QuotaExceeded', 'none'],
    [403, 'rateLimitExceeded', 'RateLimited', 'none'],
    [429, 'rateLimitExceeded', 'RateLimited', 'none'],
    [403, 'forbidden', 'Unauthorized', 'none'],
    [403, 'accessNotConfigured', 'Unauthorized', 'none'],
    [401, 'authError', 'Unauthorized', 'none'],
    [400, 'invalid', 'InvalidConfig', 'none'],
    [400, 'badRequest', 'InvalidConfig', 'none'],
    [404, 'notFound', 'NotFound', undefined],
    [400, 'resourceNotReady', 'Busy', 'none'],
    [400, 'resourceInUseByAnotherResource', 'Busy', 'none'],
    [503, 'backendError', 'Unavailable', undefined],
    [500, 'internalError', 'Unavailable', undefined],
    [409, 'alreadyExists', 'Internal', undefined],
    [418, 'nobodyHasSeenThis', 'Internal', undefined],
    [502, 'nobodyHasSeenThis', 'Unavailable', undefined],
  ])('%i %s is %s', (status, reason, code, outcome) => {
    const error = refused(status, compute(status, reason))
    expect([error.code, error.facts.outcome, error.message]).toEqual([code, outcome, `Google instances.insert: ${reason}: said`])
  })

  test('of the newer kind is known by its ErrorInfo, or by its status', () => {
    const newer = {
      error: {
        code: 429,
        message: 'slow',
        status: 'RESOURCE_EXHAUSTED',
        details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'RATE_LIMIT_EXCEEDED' }],
      },
    }
    expect(refused(429, newer).code).toBe('RateLimited')
    expect(refused(400, { error: { code: 400, message: 'no', status: 'FAILED_PRECONDITION' } }).code).toBe('Busy')
  })

  test('may say how long to wait', () => expect(refused(429, compute(429, 'rateLimitExceeded'), '7').facts.retryAfterMs).toBe(7_000))

  test.each([
    [502, undefined],
    [404, undefined],
    [200, undefined],
    [404, { error: 'Not Found' }],
  ])('%i by a proxy proves nothing', (status, body) => {
    const error = refused(status, body)
    expect([error.facts.outcome, error.message]).toEqual([
      undefined,
      `Google instances.insert: HTTP ${status}, in words that are not Google's`,
    ])
    expect(['Unavailable', 'Internal']).toContain(error.code)
  })
})

describe('an operation that fails late', () => {
  test.each([
    ['ZONE_RESOURCE_POOL_EXHAUSTED', 'InsufficientCapacity', 'none'],
    ['ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS', 'InsufficientCapacity', 'none'],
    ['QUOTA_EXCEEDED', 'QuotaExceeded', 'none'],
    ['PERMISSIONS_ERROR', 'Unauthorized', 'none'],
    ['RESOURCE_NOT_FOUND', 'InvalidConfig', 'none'],
    ['INTERNAL_ERROR', 'Unavailable', undefined],
    ['NOBODY_HAS_SEEN_THIS', 'Internal', undefined],
  ])('%s is %s', (code, meaning, outcome) => {
    const error = operationFailed('instances.insert', { code, message: 'said' }, scope)
    expect([error.code, error.facts.outcome]).toEqual([meaning, outcome])
    expect(error.facts.scope).toEqual(meaning === 'InsufficientCapacity' ? scope : undefined)
  })
})

test('who has no credentials is told how to get some', () => {
  const error = toProviderError('instances.list', new Error('Could not load the default credentials. Browse to ...'))
  expect([error.code, error.facts.outcome]).toEqual(['Unauthorized', 'none'])
  expect(error.message).toContain('name a Secret in the class, or give the controller a service account')
})

test('no answer proves nothing', () => {
  const error = toProviderError(
    'instances.insert',
    Object.assign(new Error('read ECONNRESET'), { config: { headers: { authorization: 'Bearer s' } } }),
  )
  expect([error.code, error.facts]).toEqual(['Unavailable', {}])
})
