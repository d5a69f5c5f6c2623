export type { CertificateAuthority } from './authority.ts'
export { withCertificateRules } from './rules.ts'
export { type CertificateSigner, certificateSigner } from './signer.ts'
