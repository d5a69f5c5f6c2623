export { type ApiServer, type ApiServerOptions, type ResourceKey, type StoreView, createApiServer } from './api-server.ts'
export type { RequestRecord } from './handler/index.ts'
export type { Listener } from './http/index.ts'
