export type { Json, KubeRequest, KubeResponse, KubeStream, KubeTransport, WatchEvent } from './transport.ts'
export { ApiError, type Status, TransportError, isAlreadyExists, isConflict, isExpired, isNotFound } from './errors.ts'
export type { Client, Key, ListOptions, Patch, Store, WriteOptions } from './client.types.ts'
export type { Cache, Change, Informer, InformerOptions } from './cache.types.ts'
