export type { CertificateAuthority } from './authority.ts'
export { type KeyPair, type RequestStory, certificateRequest } from './compose.ts'
export { withCertificateRules } from './rules.ts'
export { type CertificateSigner, certificateSigner } from './signer.ts'
