import type { ErrorCode } from '@kube-node/core/provider'

/** What a reason or code of Google means. `outcome: none` only where Google refused instead of acting, or undid what it had begun. */
export interface Meaning {
  readonly code: ErrorCode
  readonly outcome?: 'none'
}

interface Family extends Meaning {
  /** `reason` of a refusal, in camel case, or `code` of an operation's error, in capitals. */
  readonly names: readonly string[]
}

/**
 * From "Handle API errors" and "Troubleshoot VM creation" of Compute Engine, "Troubleshooting resource availability errors", "Allocation
 * quotas" and "Cloud API error model". A name of a family that core takes for proof (InvalidConfig, Unauthorized, InsufficientCapacity,
 * QuotaExceeded, RateLimited) is in it only where Google answers it instead of acting.
 */
const families: readonly Family[] = [
  {
    code: 'InsufficientCapacity',
    outcome: 'none',
    names: [
      'ZONE_RESOURCE_POOL_EXHAUSTED',
      'ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS',
      'REGION_RESOURCE_POOL_EXHAUSTED',
      'RESOURCE_POOL_EXHAUSTED',
      'RESOURCE_POOL_EXHAUSTED_WITH_DETAILS',
      'VM_MIN_COUNT_NOT_REACHED',
      'resourcePoolExhausted',
      'stockout',
      // A subnet without free addresses: another zone's may have some.
      'IP_SPACE_EXHAUSTED',
      'IP_SPACE_EXHAUSTED_WITH_DETAILS',
      // That type is not in that zone.
      'UNSUPPORTED_MACHINE_TYPE_IN_ZONE',
    ],
  },
  {
    code: 'QuotaExceeded',
    outcome: 'none',
    names: ['QUOTA_EXCEEDED', 'quotaExceeded', 'LIMIT_EXCEEDED', 'limitExceeded', 'dailyLimitExceeded'],
  },
  {
    code: 'RateLimited',
    outcome: 'none',
    names: [
      'rateLimitExceeded',
      'userRateLimitExceeded',
      'concurrentLimitExceeded',
      'RATE_LIMIT_EXCEEDED',
      'RESOURCE_OPERATION_RATE_EXCEEDED',
      'resourceOperationRateExceeded',
      'operationRateExceeded',
    ],
  },
  {
    code: 'Unauthorized',
    outcome: 'none',
    names: [
      'authError',
      'required',
      'expired',
      'forbidden',
      'insufficientPermissions',
      'accessNotConfigured',
      'accountDisabled',
      'accountSuspended',
      'billingNotEnabled',
      'PERMISSIONS_ERROR',
      'PERMISSION_DENIED',
      'UNAUTHENTICATED',
      'SERVICE_ACCOUNT_ACCESS_DENIED',
      'SERVICE_DISABLED',
    ],
  },
  {
    code: 'InvalidConfig',
    outcome: 'none',
    names: [
      'invalid',
      'invalidParameter',
      'badRequest',
      'parseError',
      'invalidArgument',
      'INVALID_ARGUMENT',
      'INVALID_FIELD_VALUE',
      'INVALID_USAGE',
      'INVALID_PARAMETER',
      'UNSUPPORTED_OPERATION',
      'unsupportedOperation',
      'RESOURCE_NOT_FOUND',
      'CONDITION_NOT_MET',
      'conditionNotMet',
      'orgPolicyConstraintViolated',
      'CONSTRAINT_VIOLATION',
    ],
  },
  { code: 'NotFound', names: ['notFound', 'NOT_FOUND'] },
  {
    code: 'Busy',
    outcome: 'none',
    names: [
      'resourceNotReady',
      'RESOURCE_NOT_READY',
      'resourceInUseByAnotherResource',
      'RESOURCE_IN_USE_BY_ANOTHER_RESOURCE',
      'RESOURCE_IN_USE',
      'FAILED_PRECONDITION',
      'failedPrecondition',
      'fingerprintMismatch',
    ],
  },
  {
    // Whether an internal error came before the act or after it nobody says.
    code: 'Unavailable',
    names: ['backendError', 'internalError', 'INTERNAL_ERROR', 'INTERNAL', 'UNAVAILABLE', 'unavailable', 'SERVICE_UNAVAILABLE', 'timeout'],
  },
]

/** By name. */
export const meanings: ReadonlyMap<string, Meaning> = new Map(
  families.flatMap(({ names, ...meaning }) => names.map((name): [string, Meaning] => [name, meaning])),
)
