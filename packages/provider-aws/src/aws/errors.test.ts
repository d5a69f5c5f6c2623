import { ProviderError } from '@kube-node/core/provider'
import { provesNothingMade } from '@kube-node/core'
import { describe, expect, test } from 'vitest'
import { meaningOf, toProviderError } from './errors.ts'

/** As the SDK throws it. */
const answer = (name: string, message = 'words of AWS', httpStatusCode = 400): Error =>
  Object.assign(new Error(message), {
    name,
    $fault: httpStatusCode < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode, attempts: 1 },
  })

const none = 'none'
/** Code of AWS, code of the contract, and whether it proves that nothing was made. */
const table: readonly (readonly [string, string, 'none' | undefined])[] = [
  ['InsufficientInstanceCapacity', 'InsufficientCapacity', none],
  ['InsufficientHostCapacity', 'InsufficientCapacity', none],
  ['InsufficientReservedInstanceCapacity', 'InsufficientCapacity', none],
  ['InsufficientVolumeCapacity', 'InsufficientCapacity', none],
  ['InsufficientFreeAddressesInSubnet', 'InsufficientCapacity', none],
  ['ReservationCapacityExceeded', 'InsufficientCapacity', none],
  ['SpotMaxPriceTooLow', 'InsufficientCapacity', none],
  ['Unsupported', 'InsufficientCapacity', none],
  ['InstanceLimitExceeded', 'QuotaExceeded', none],
  ['VcpuLimitExceeded', 'QuotaExceeded', none],
  ['MaxSpotInstanceCountExceeded', 'QuotaExceeded', none],
  ['VolumeLimitExceeded', 'QuotaExceeded', none],
  ['NetworkInterfaceLimitExceeded', 'QuotaExceeded', none],
  ['RequestLimitExceeded', 'RateLimited', none],
  ['Throttling', 'RateLimited', none],
  ['ThrottlingException', 'RateLimited', none],
  ['AuthFailure', 'Unauthorized', none],
  ['UnauthorizedOperation', 'Unauthorized', none],
  ['InvalidClientTokenId', 'Unauthorized', none],
  ['ExpiredToken', 'Unauthorized', none],
  ['RequestExpired', 'Unauthorized', none],
  ['OptInRequired', 'Unauthorized', none],
  ['PendingVerification', 'Unauthorized', none],
  ['CredentialsProviderError', 'Unauthorized', none],
  ['InvalidInstanceID.NotFound', 'NotFound', undefined],
  ['InvalidAMIID.NotFound', 'InvalidConfig', none],
  ['InvalidAMIID.Malformed', 'InvalidConfig', none],
  ['InvalidSubnetID.NotFound', 'InvalidConfig', none],
  ['InvalidGroup.NotFound', 'InvalidConfig', none],
  ['InvalidKeyPair.NotFound', 'InvalidConfig', none],
  ['InvalidPlacementGroup.Unknown', 'InvalidConfig', none],
  ['InvalidParameterValue', 'InvalidConfig', none],
  ['InvalidParameterCombination', 'InvalidConfig', none],
  ['MissingParameter', 'InvalidConfig', none],
  ['VPCIdNotSpecified', 'InvalidConfig', none],
  ['ParameterNotFound', 'InvalidConfig', none],
  ['AlreadyExistsFault', 'InvalidConfig', none],
  ['InvalidInstanceType', 'InvalidConfig', none],
  ['QueueDoesNotExist', 'InvalidConfig', none],
  ['KmsAccessDenied', 'Unauthorized', none],
  ['LimitExceededFault', 'QuotaExceeded', none],
  ['ScalingActivityInProgressFault', 'Busy', none],
  ['ResourceContentionFault', 'Busy', none],
  ['ResourceInUseFault', 'Busy', none],
  ['InstanceRefreshInProgressFault', 'Busy', none],
  ['ServiceLinkedRoleFailure', 'Unavailable', none],
  ['InvalidNextToken', 'Unavailable', undefined],
  ['ValidationError', 'InvalidConfig', none],
  ['IncorrectInstanceState', 'Busy', none],
  ['DependencyViolation', 'Busy', none],
  ['InternalError', 'Unavailable', undefined],
  ['Unavailable', 'Unavailable', undefined],
  ['ServiceUnavailable', 'Unavailable', undefined],
  ['IdempotentParameterMismatch', 'Internal', undefined],
  ['IdempotentInstanceTerminated', 'Internal', undefined],
  ['SomethingThatNobodyHasSeen', 'Internal', undefined],
  ['InvalidNonsense', 'Internal', undefined],
]

test.each(table)('%s is %s, outcome %s', (name, code, outcome) => {
  const { code: told, outcome: proven } = meaningOf(name, 'words')
  expect({ told, proven }).toEqual({ told: code, proven: outcome })
  expect(provesNothingMade(toProviderError('RunInstances', answer(name)))).toBe(outcome === 'none')
})

describe('what Auto Scaling refuses with one code for all', () => {
  test.each([
    ['AutoScalingGroup name not found - AutoScalingGroup: workers not found', 'NotFound'],
    ['AutoScalingGroup name not found - null', 'NotFound'],
    ['Group workers not found', 'NotFound'],
    ['Instance Id not found - No managed instance found for instance ID: i-0abc', 'NotFound'],
    ['New SetDesiredCapacity value 7 is above max value 5 for the AutoScalingGroup.', 'Busy'],
    [
      "Currently, desiredSize equals minSize (1). Terminating instance without replacement will violate group's min size constraint. " +
        "Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.",
      'Busy',
    ],
    ['The instance i-0abc is not in InService or EnteringStandby or Standby.', 'Busy'],
    ['The instance i-0abc is not part of Auto Scaling group workers.', 'Busy'],
    [
      'You must use a valid fully-formed launch template. The specified launch template, with template name nope, does not exist.',
      'InvalidConfig',
    ],
    ['Launch template not found', 'InvalidConfig'],
  ])('%s', (message, code) => expect(meaningOf('ValidationError', message).code).toBe(code))
})

test('an instance profile that was made a moment ago is waited for, not held against the class', () => {
  const message = 'Value (nodes) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name'
  expect(meaningOf('InvalidParameterValue', message)).toEqual({ code: 'Unavailable', outcome: 'none', retryAfterMs: 10_000 })
})

describe('no answer of AWS', () => {
  test.each([
    ['a broken connection', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', $metadata: { attempts: 1 } })],
    ["a proxy's page", answer('SyntaxError', "Unexpected token '<'", 502)],
    ['an unknown error of the server', answer('WhoKnows', 'x', 500)],
  ])('%s is Unavailable, and proves nothing', (_, error) => {
    const { code, facts } = toProviderError('RunInstances', error)
    expect({ code, outcome: facts.outcome }).toEqual({ code: 'Unavailable', outcome: undefined })
  })

  test('a page in place of an answer with status 200 is Internal, and proves nothing', () => {
    const { code, facts } = toProviderError('RunInstances', answer('SyntaxError', "Unexpected token '<'", 200))
    expect({ code, outcome: facts.outcome }).toEqual({ code: 'Internal', outcome: undefined })
  })
})

describe('what people read', () => {
  const scope = { instanceType: 'm7i.large', zone: 'eu-west-1a' }
  test('of a stockout, with its scope', () => {
    const error = toProviderError('RunInstances', answer('InsufficientInstanceCapacity', 'no capacity', 500), scope)
    expect(error.message).toBe('AWS RunInstances: InsufficientInstanceCapacity: no capacity')
    expect(error.facts.scope).toEqual(scope)
  })
  test('of anything else, without one', () =>
    expect(toProviderError('RunInstances', answer('VcpuLimitExceeded'), scope).facts.scope).toBeUndefined())
  test('of a refused signature, nothing of what was signed', () => {
    const message = "The request signature we calculated does not match.\n\nx-amz-security-token:TOKEN\n'"
    expect(toProviderError('RunInstances', answer('SignatureDoesNotMatch', message)).message).not.toContain('TOKEN')
  })
  test('of a refused action, no page of base64', () => {
    const message = 'You are not authorized to perform this operation. Encoded authorization failure message: AAAA'
    expect(toProviderError('RunInstances', answer('UnauthorizedOperation', message)).message).toBe(
      'AWS RunInstances: UnauthorizedOperation: You are not authorized to perform this operation.',
    )
  })
  test('of termination protection, what to do', () =>
    expect(toProviderError('TerminateInstances', answer('OperationNotPermitted')).message).toContain('disableApiTermination'))
  test('an error of the contract stays as it is', () => {
    const error = new ProviderError('Busy', 'x')
    expect(toProviderError('RunInstances', error)).toBe(error)
  })
})
