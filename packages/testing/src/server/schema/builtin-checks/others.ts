import { duplicate, forbidden, invalid, notSupported, required } from '../field-error.ts'
import { isPair, rangeProblems } from '../addresses.ts'
import type { Cause } from '../definition.ts'
import { isObject } from '../json.ts'
import { type NameRule, labelName, qualifiedName, subdomainName } from '../names.ts'
import { parseQuantity } from '../quantity.ts'
import { goQuote } from '../quote.ts'
import { type Check, all, atLeast, keys, list, needed, object, oneOf, optional } from './check.ts'
import { validateTaints } from './taints.ts'

const amounts: Check = keys((key, path, resources) => {
  const amount = resources[key]
  const { nano = 0n } = typeof amount === 'string' ? (parseQuantity(amount) ?? {}) : {}
  return nano < 0n ? [invalid(`${path}.${key}`, amount, 'must be greater than or equal to 0')] : []
})

const podRanges: Check = (value, path) => {
  const ranges = (Array.isArray(value) ? value : []).map(String)
  return [
    ...ranges.flatMap((range, i) => rangeProblems(`${path}[${i}]`, range)),
    ...(isPair(ranges) ? [] : [invalid(path, ranges, 'may specify no more than one CIDR for each IP family')]),
  ]
}

/** What is asked of a Node also when only its status is written. */
export const validateNodeResources = (value: unknown): readonly Cause[] =>
  object({ status: object({ capacity: amounts, allocatable: amounts }) })(value, '')

export const node: Check = all(validateTaints, validateNodeResources, object({ spec: object({ podCIDRs: podRanges }) }))

export const namespace: Check = object({
  spec: object({
    finalizers: (value, path) =>
      (Array.isArray(value) ? value : [])
        .map(String)
        .flatMap(name => [
          ...qualifiedName(name).map(message => invalid(path, name, message)),
          ...(name.includes('/') || ['kubernetes', 'orphan', 'foregroundDeletion'].includes(name)
            ? []
            : [invalid(path, name, 'name is neither a standard finalizer name nor is it fully qualified')]),
        ]),
  }),
})

export const controllerRevision: Check = object({
  revision: atLeast(0),
  data: (value, path) => (value === undefined || value === null ? [required(path, 'data is mandatory')] : []),
})

const highestUserPriority = 1_000_000_000

export const priorityClass: Check = object({ preemptionPolicy: oneOf('PreemptLowerPriority', 'Never') }, value => {
  if (!isObject(value)) return []
  const name = isObject(value['metadata']) ? value['metadata']['name'] : undefined
  return !(typeof name === 'string' && name.startsWith('system-')) && Number(value['value']) > highestUserPriority
    ? [forbidden('value', `maximum allowed value of a user defined priority is ${highestUserPriority}`)]
    : []
})

const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]

const signerName: Check = (value, path) => {
  const name = typeof value === 'string' ? value : ''
  if (name === '') return [required(path)]
  if (name === 'kubernetes.io/legacy-unknown') return [invalid(path, name, 'the legacy signerName is not allowed via this API version')]
  const [domain = '', rest, ...more] = name.split('/')
  if (rest === undefined || more.length > 0)
    return [invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")]
  const labels = domain.split('.')
  return [
    ...firstWrong(labels, labelName).map(why => invalid(path, domain, why)),
    ...(labels.length < 2 ? [invalid(path, domain, 'should be a domain with at least two segments separated by dots')] : []),
    ...firstWrong(rest.split('.'), subdomainName).map(why => invalid(path, rest, why)),
  ]
}

/** Of several wrong parts only the first is told. */
const firstWrong = (parts: readonly string[], rule: NameRule): readonly string[] => {
  const part = parts.find(each => rule(each).length > 0)
  return part === undefined ? [] : rule(part).map(why => `validating label ${goQuote(part)}: ${why}`)
}

const certificateRequest: Check = (value, path) => {
  const pem = typeof value === 'string' ? Buffer.from(value, 'base64').toString('latin1') : ''
  return pem.includes('-----BEGIN CERTIFICATE REQUEST-----')
    ? []
    : [invalid(path, value ?? null, 'PEM block type must be CERTIFICATE REQUEST')]
}

const leastSeconds = 600

export const certificateSigningRequest: Check = object({
  spec: object({
    request: certificateRequest,
    usages: (value, path) => {
      const given: readonly unknown[] = Array.isArray(value) ? value : []
      if (given.length === 0) return [required(path)]
      const unknown = given.flatMap((usage, i) => (usages.includes(String(usage)) ? [] : [notSupported(`${path}[${i}]`, usage, usages)]))
      return [...unknown, ...given.flatMap((usage, i) => (given.indexOf(usage) < i ? [duplicate(`${path}[${i}]`, usage)] : []))]
    },
    signerName,
    expirationSeconds: atLeast(leastSeconds, `may not specify a duration less than ${leastSeconds} seconds (10 minutes)`),
  }),
})

const ruleOfAdmission: Check = object({ operations: needed(), apiGroups: needed(), apiVersions: needed(), resources: needed() })

export const validatingAdmissionPolicy: Check = object({
  spec: object(
    {
      failurePolicy: oneOf('Fail', 'Ignore'),
      matchConstraints: (value, path) =>
        value === undefined ? [required(path)] : object({ resourceRules: list(ruleOfAdmission) })(value, path),
      validations: list(object({ expression: needed('expression is not specified') })),
      matchConditions: optional(list(object({ name: needed(), expression: needed() }))),
      variables: optional(list(object({ name: needed(), expression: needed() }))),
    },
    (spec, path) => {
      const some = (key: string): boolean => isObject(spec) && Array.isArray(spec[key]) && spec[key].length > 0
      const detail = 'validations or auditAnnotations must contain at least one item'
      return some('validations') || some('auditAnnotations')
        ? []
        : [required(`${path}.validations`, detail), required(`${path}.auditAnnotations`, detail)]
    },
  ),
})

const actions = ['Audit', 'Deny', 'Warn']

export const validatingAdmissionPolicyBinding: Check = object({
  spec: object({
    policyName: needed(),
    validationActions: (value, path) => {
      const given: readonly unknown[] = Array.isArray(value) ? value : []
      if (given.length === 0) return [required(path)]
      const both =
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers ' +
        'serves no purpose)'
      return [
        ...given.flatMap((action, i) => (actions.includes(String(action)) ? [] : [notSupported(`${path}[${i}]`, action, actions)])),
        ...(given.includes('Deny') && given.includes('Warn') ? [invalid(path, value, both)] : []),
      ]
    },
  }),
})
