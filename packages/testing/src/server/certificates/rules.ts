import { type Admitted, type Context, nowOf } from '../context.ts'
import { type Draft, at, isObject, textAt } from '../objects/index.ts'
import type { Call } from '../request/index.ts'
import type { Cause } from '../schema/index.ts'
import { type Failure, forbidden, forbiddenField, invalid, invalidValue, subjectOf, unsupportedValue } from '../status/index.ts'
import { parseCertificateRequest } from './request.ts'

const decisions = ['Approved', 'Denied'] as const
/** Once there, they stay. */
const lasting = [...decisions, 'Failed'] as const
const masters = 'system:masters'

interface Condition {
  readonly type: string
  readonly status: string
  readonly value: Readonly<Record<string, unknown>>
}

/**
 * What is special about CertificateSigningRequests: what may be asked, and who may decide, sign and fail. Judged with everything else
 * about the object settled, before the cluster's own policies.
 */
export const withCertificateRules = (context: Context, call: Call): Context => {
  const judge = (change: Admitted): void => {
    const draft = change.object
    if (draft !== undefined && change.operation === 'CREATE') checkRequest(call, draft)
    if (draft !== undefined && change.old !== undefined && call.subresource !== '') {
      checkStatus(context, call, draft, change.old)
      stampConditions(context, draft, change.old)
    }
    context.admit?.(change)
  }
  return { ...context, admit: judge }
}

const refused = (call: Call, name: string, causes: readonly Cause[]): Failure =>
  invalid(call.definition.group, call.definition.kind, name, causes)

/** @throws Failure 422 for what is no request or not signed by its own key (seen on 1.37), 403 for one that makes an administrator. */
const checkRequest = (call: Call, draft: Admitted['object']): void => {
  const name = draft?.metadata.name ?? ''
  const encoded = textAt(draft, 'spec', 'request')
  try {
    const request = parseCertificateRequest(Buffer.from(encoded, 'base64').toString('latin1'))
    if (!request.isSigned) throw refused(call, name, [invalidValue('spec.request', encoded, 'x509: invalid signature')])
    const signer = textAt(draft, 'spec', 'signerName')
    if (signer === 'kubernetes.io/kube-apiserver-client' && request.organizations.includes(masters))
      throw forbidden(subjectOf(call.definition, name), `use of ${signer} signer with ${masters} group is not allowed`)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    // A kube-apiserver quotes what Go's parser says; of the causes only the field is the same.
    throw refused(call, name, [invalidValue('spec.request', encoded, `asn1: structure error: ${error.message}`)])
  }
}

const conditionsOf = (object: unknown): readonly Condition[] => {
  const listed = at(object, 'status', 'conditions')
  return (Array.isArray(listed) ? listed : []).flatMap((value: unknown) =>
    isObject(value) ? [{ type: textAt(value, 'type'), status: textAt(value, 'status'), value }] : [],
  )
}

const checkStatus = (context: Context, call: Call, draft: Admitted['object'], old: Admitted['old']): void => {
  const name = old?.metadata.name ?? ''
  const approving = call.subresource === 'approval'
  const [now, before] = [conditionsOf(draft), conditionsOf(old)]
  const has = (conditions: readonly Condition[], type: string): boolean => conditions.some(condition => condition.type === type)
  const signer = textAt(old, 'spec', 'signerName')
  const certificate = textAt(draft, 'status', 'certificate')
  const known = textAt(old, 'status', 'certificate')
  const causes: Cause[] = []
  if (certificate !== '' && certificate !== known && !Buffer.from(certificate, 'base64').includes('-----BEGIN CERTIFICATE-----')) {
    causes.push({
      ...invalidValue('status.certificate', '<certificate data>', 'must contain at least one CERTIFICATE PEM block'),
    })
  }
  now.forEach(({ status, type }, i) => {
    if (status !== 'True' && lasting.some(one => one === type))
      causes.push(unsupportedValue(`status.conditions[${i}].status`, status, ['True']))
  })
  if (decisions.every(type => has(now, type))) {
    const names = decisions.map(type => `conditions[{"type": "${type}"}]`)
    const detail = `must specify at most one of: ${names.map(one => `\`${one}\``).join(', ')}`
    causes.push(invalidValue('status.conditions', `{${names.join(', ')}}`, detail))
  }
  for (const type of lasting) {
    if (has(before, type) && !has(now, type))
      causes.push(forbiddenField('status.conditions', `updates may not remove a condition of type "${type}"`))
  }
  if (!approving) {
    for (const type of decisions) {
      if (!has(before, type) && has(now, type))
        causes.push(forbiddenField('status.conditions', `updates may not add a condition of type "${type}"`))
    }
  }
  if (known !== '' && certificate !== known)
    causes.push(forbiddenField('status.certificate', 'updates may not modify existing certificate content'))
  else if (approving && certificate !== known) causes.push(forbiddenField('status.certificate', 'updates may not set certificate content'))
  if (causes.length > 0) throw refused(call, name, causes)
  const decides = decisions.some(type => has(now, type) !== has(before, type))
  if (approving && decides) checkSigner(context, call, name, signer, 'approve')
  else if (!approving && (certificate !== known || has(now, 'Failed') !== has(before, 'Failed')))
    checkSigner(context, call, name, signer, 'sign')
}

/** Who approves or signs needs that verb on the signer, or on all of its domain. */
const checkSigner = ({ security }: Context, call: Call, csr: string, signer: string, verb: 'approve' | 'sign'): void => {
  const domain = `${signer.split('/')[0] ?? ''}/*`
  const may = [signer, domain].some(
    name =>
      security.authorize(call.user, { verb, group: call.definition.group, resource: 'signers', subresource: '', namespace: '', name })
        .allowed,
  )
  const what = verb === 'approve' ? 'approve requests' : 'sign requests'
  if (!may) throw forbidden(subjectOf(call.definition, csr), `user not permitted to ${what} with signerName ${JSON.stringify(signer)}`)
}

/** New conditions get their times from the server. */
const stampConditions = (context: Context, draft: Draft, old: Admitted['old']): void => {
  const listed = conditionsOf(draft)
  if (listed.length === 0) return
  const before = conditionsOf(old)
  const now = nowOf(context)
  const conditions = listed.map(({ status, type, value }) => {
    const same = before.find(condition => condition.type === type && condition.status === status)
    return {
      ...value,
      lastUpdateTime: value['lastUpdateTime'] ?? now,
      lastTransitionTime: value['lastTransitionTime'] ?? same?.value['lastTransitionTime'] ?? now,
    }
  })
  draft['status'] = { ...(isObject(draft['status']) ? draft['status'] : {}), conditions }
}
