export { type Google, type GoogleOptions, type Question, openGoogle } from './client.ts'
export { type SecretEntries, type ServiceAccountKey, credentials } from './credentials.ts'
export { OperationFailure, Refusal, meaningOf, operationFailed, toProviderError } from './errors.ts'
export { type Operation, ended } from './operation.ts'
