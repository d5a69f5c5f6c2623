import { type Admitted, type Context, nowOf } from '../context.ts'
import { type Draft, type StoredObject, at, isObject, textAt } from '../objects/index.ts'
import type { Call } from '../request/index.ts'
import type { Cause } from '../schema/index.ts'
import { type Failure, forbidden, invalid, invalidValue, subjectOf } from '../status/index.ts'
import { parseCertificateRequest } from './request.ts'
import { type Condition, conditionsOf, decisions, statusProblems } from './status-problems.ts'

const masters = 'system:masters'

/**
 * What is special about CertificateSigningRequests: what may be asked, and who may decide, sign and fail. Judged with everything else
 * about the object settled, before the cluster's own policies.
 */
export const withCertificateRules = (context: Context, call: Call): Context => {
  const judge = (change: Admitted): void => {
    const draft = change.object
    if (draft !== undefined && change.operation === 'CREATE') checkRequest(call, draft)
    if (draft !== undefined && change.old !== undefined && call.subresource !== '') {
      keepOthersPart(call, draft, change.old)
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

const checkStatus = (context: Context, call: Call, draft: Draft | StoredObject, old: StoredObject): void => {
  const { name } = old.metadata
  const approving = call.subresource === 'approval'
  const causes = statusProblems(draft, old, approving)
  if (causes.length > 0) throw refused(call, name, causes)
  const [now, before] = [conditionsOf(draft), conditionsOf(old)]
  const has = (conditions: readonly Condition[], type: string): boolean => conditions.some(condition => condition.type === type)
  const signer = textAt(old, 'spec', 'signerName')
  const [certificate, known] = [draft, old].map(object => textAt(object, 'status', 'certificate'))
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

/** Approvers do not touch the certificate, nor signers what approvers said of it. */
const keepOthersPart = ({ subresource }: Call, draft: Draft, old: StoredObject): void => {
  const status = isObject(draft['status']) ? draft['status'] : {}
  if (subresource === 'approval') {
    const { certificate: _given, ...rest } = status
    const certificate = at(old, 'status', 'certificate')
    draft['status'] = certificate === undefined ? rest : { ...rest, certificate }
    return
  }
  const before = conditionsOf(old)
  const now = conditionsOf(draft)
  const kept = (type: string): readonly Condition[] => before.filter(condition => condition.type === type)
  const same = decisions.filter(type => kept(type).length === now.filter(condition => condition.type === type).length)
  const conditions = now.map((condition, i) => {
    if (!same.some(type => type === condition.type)) return condition.value
    const nth = now.slice(0, i).filter(({ type }) => type === condition.type).length
    return kept(condition.type)[nth]?.value ?? condition.value
  })
  if (conditions.length > 0) draft['status'] = { ...status, conditions }
}

/** New conditions get their times from the server. */
const stampConditions = (context: Context, draft: Draft, old: StoredObject): void => {
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
