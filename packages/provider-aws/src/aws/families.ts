import type { ErrorCode } from '@kube-node/core/provider'

/** What a code of AWS means. `outcome: none` only where AWS refused the request as it came in: nothing was made by it. */
export interface Meaning {
  readonly code: ErrorCode
  readonly outcome?: 'none'
  readonly retryAfterMs?: number
}

interface Family extends Meaning {
  readonly codes: readonly string[]
}

/**
 * Error codes by families, from "Error codes for the Amazon EC2 API", "Common errors" and the errors of each action of Auto Scaling. A code
 * of a family that core takes for proof (InvalidConfig, Unauthorized, InsufficientCapacity, QuotaExceeded, RateLimited) is in it only where
 * AWS answers it instead of acting.
 */
const families: readonly Family[] = [
  {
    code: 'InsufficientCapacity',
    outcome: 'none',
    codes: [
      'InsufficientInstanceCapacity',
      'InsufficientHostCapacity',
      'InsufficientReservedInstanceCapacity',
      'InsufficientCapacity',
      'InsufficientCapacityOnHost',
      'InsufficientVolumeCapacity',
      // A subnet without free addresses is a zone in which nothing can be had.
      'InsufficientFreeAddressesInSubnet',
      'ReservationCapacityExceeded',
      'UnfulfillableCapacity',
      'SpotMaxPriceTooLow',
      // That type does not exist in that zone: another zone may have it.
      'Unsupported',
    ],
  },
  {
    code: 'QuotaExceeded',
    outcome: 'none',
    codes: [
      'InstanceLimitExceeded',
      'VcpuLimitExceeded',
      'MaxSpotInstanceCountExceeded',
      'VolumeLimitExceeded',
      'MaxIOPSLimitExceeded',
      'MaxThroughputLimitExceeded',
      'NetworkInterfaceLimitExceeded',
      'PrivateIpAddressLimitExceeded',
      'HostLimitExceeded',
      'ResourceLimitExceeded',
      'AddressLimitExceeded',
      'LimitExceeded',
      'LimitExceededFault',
    ],
  },
  {
    code: 'RateLimited',
    outcome: 'none',
    codes: [
      'RequestLimitExceeded',
      'Throttling',
      'ThrottlingException',
      'ThrottledException',
      'RequestThrottled',
      'RequestThrottledException',
      'EC2ThrottledException',
      'TooManyRequestsException',
      'BandwidthLimitExceeded',
      'SlowDown',
    ],
  },
  {
    code: 'Unauthorized',
    outcome: 'none',
    codes: [
      'AuthFailure',
      'UnauthorizedOperation',
      'AccessDenied',
      'AccessDeniedException',
      'InvalidClientTokenId',
      'InvalidAccessKeyId',
      'UnrecognizedClientException',
      'SignatureDoesNotMatch',
      'IncompleteSignature',
      'MissingAuthenticationToken',
      'MissingAuthenticationTokenException',
      'ExpiredToken',
      'ExpiredTokenException',
      'RequestExpired',
      'OptInRequired',
      'PendingVerification',
      'Blocked',
      'NotAuthorized',
      'KmsAccessDenied',
      // Of the SDK itself: nothing was sent.
      'CredentialsProviderError',
      'TokenProviderError',
    ],
  },
  {
    code: 'NotFound',
    codes: ['InvalidInstanceID.NotFound', 'InvalidInstanceID.Malformed'],
  },
  {
    code: 'InvalidConfig',
    outcome: 'none',
    codes: [
      'InvalidParameter',
      'InvalidParameterValue',
      'InvalidParameterCombination',
      'MissingParameter',
      'UnknownParameter',
      'ValidationError',
      'ValidationException',
      'UnsupportedOperation',
      'UnsupportedTenancy',
      'UnsupportedHostConfiguration',
      'UnsupportedInstanceTypeOnHost',
      'UnsupportedInstanceAttribute',
      'InvalidInstanceType',
      'VPCIdNotSpecified',
      'VPCResourceNotSpecified',
      'DefaultVpcDoesNotExist',
      'TagLimitExceeded',
      'SecurityGroupsPerInstanceLimitExceeded',
      'SecurityGroupsPerInterfaceLimitExceeded',
      'AttachmentLimitExceeded',
      'DiskImageSizeTooLarge',
      'EncryptedVolumesNotSupported',
      'IncompatibleHostConfiguration',
      'MalformedQueryString',
      'ParameterNotFound',
      'ParameterVersionNotFound',
      'OperationNotPermitted',
      'ReadOnlyReservedTag',
      // A group of that name is there, and it is no business of who asked.
      'AlreadyExists',
      'AlreadyExistsFault',
      // A queue that is not there, and a URL that is none.
      'QueueDoesNotExist',
      'InvalidAddress',
    ],
  },
  {
    code: 'Busy',
    outcome: 'none',
    codes: [
      'IncorrectState',
      'IncorrectInstanceState',
      'InvalidState',
      'DependencyViolation',
      'ConcurrentTagAccess',
      'PriorRequestNotComplete',
      'ScalingActivityInProgress',
      'ScalingActivityInProgressFault',
      'ResourceContention',
      'ResourceContentionFault',
      'ResourceInUse',
      'ResourceInUseFault',
      'InstanceRefreshInProgress',
      'InstanceRefreshInProgressFault',
    ],
  },
  {
    // Whether an internal error came before the act or after it nobody says.
    code: 'Unavailable',
    codes: [
      'InternalError',
      'InternalFailure',
      'InternalServerError',
      'ServerInternal',
      'ServiceUnavailable',
      'Unavailable',
      // A list took so long that its next page is not to be had any more: it begins anew.
      'InvalidNextToken',
    ],
  },
  {
    // The role of the service itself is made with the first group of an account, and takes a moment.
    code: 'Unavailable',
    outcome: 'none',
    codes: ['ServiceLinkedRoleFailure'],
  },
]

/** By code. */
export const meanings: ReadonlyMap<string, Meaning> = new Map(
  families.flatMap(({ codes, ...meaning }) => codes.map((name): [string, Meaning] => [name, meaning])),
)
