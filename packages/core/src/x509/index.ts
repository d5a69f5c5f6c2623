export { type Der, childrenOf, contentOf, octetsOf, oidText, partsOf, readDer, tags } from './der.ts'
export { bitString, der, octetString, oid, sequence, time, unsigned, yes } from './encode.ts'
export {
  type CertificateRequest,
  type Extension,
  type NameAttribute,
  nameKinds,
  oids,
  readAlternativeNames,
  readExtensions,
  readRequest,
} from './request.ts'
export { isSigned, publicKeyOf } from './signature.ts'
