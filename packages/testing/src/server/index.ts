export {
  type ApiServer,
  type ApiServerOptions,
  type ResourceKey,
  type Snapshot,
  type StoreView,
  createApiServer,
} from './api-server.ts'
export type { TokenUser } from './authorization/index.ts'
export { type KeyPair, type RequestStory, certificateRequest } from './certificates/index.ts'
export type { Fault, FaultMatch, Faults } from './faults/index.ts'
export type { RequestRecord } from './handler/index.ts'
export type { Listener } from './http/index.ts'
