import type { CertificateRequest } from './request.ts'

/** Says what is wrong with a request for this signer; undefined for nothing. The words are kube-controller-manager's. */
type Judge = (request: CertificateRequest, usages: readonly string[]) => string | undefined

const usagesAre =
  (required: readonly string[], optional: readonly string[]): Judge =>
  (_request, usages) => {
    const all = [...required, ...optional]
    const fit = required.every(usage => usages.includes(usage)) && usages.every(usage => all.includes(usage))
    return fit ? undefined : `usages did not match [${all.sort().join(' ')}]`
  }

const isNode: Judge = ({ commonName, organizations }) => {
  if (organizations.length !== 1 || organizations[0] !== 'system:nodes') return 'subject organization is not system:nodes'
  return commonName.startsWith('system:node:') ? undefined : 'subject common name does not begin with system:node: '
}

const without =
  (...kinds: readonly (readonly ['dns' | 'emails' | 'ips' | 'uris', string])[]): Judge =>
  ({ names }) => {
    const found = kinds.find(([kind]) => names[kind].length > 0)
    return found === undefined ? undefined : `${found[1]} subjectAltNames are not allowed`
  }

const hasAddress: Judge = ({ names }) => (names.dns.length + names.ips.length > 0 ? undefined : 'DNS or IP subjectAltName is required')

const judges: Readonly<Record<string, readonly Judge[]>> = {
  'kubernetes.io/kube-apiserver-client': [usagesAre(['client auth'], ['digital signature', 'key encipherment'])],
  'kubernetes.io/kube-apiserver-client-kubelet': [
    isNode,
    without(['dns', 'DNS'], ['emails', 'Email'], ['ips', 'IP'], ['uris', 'URI']),
    usagesAre(['client auth', 'digital signature'], ['key encipherment']),
  ],
  'kubernetes.io/kubelet-serving': [
    isNode,
    hasAddress,
    without(['emails', 'Email'], ['uris', 'URI']),
    usagesAre(['digital signature', 'server auth'], ['key encipherment']),
  ],
}

/** Does kube-controller-manager sign for this one? */
export const isKnownSigner = (signerName: string): boolean => Object.hasOwn(judges, signerName)

export const complaintOf = (signerName: string, request: CertificateRequest, usages: readonly string[]): string | undefined => {
  for (const judge of judges[signerName] ?? []) {
    const complaint = judge(request, usages)
    if (complaint !== undefined) return complaint
  }
  return request.isSigned ? undefined : 'x509: invalid signature'
}
