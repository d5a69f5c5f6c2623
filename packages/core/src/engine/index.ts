export type {
  Controller,
  ControllerDefinition,
  EnqueueOptions,
  ErasedIndex,
  Index,
  ManagerContext,
  Reconcile,
  Result,
  Source,
  SourceContext,
  Stores,
  Watch,
} from './definition.ts'
export { defineController, erase, index, watch } from './define.ts'
export { type Emits, type TypedEmitter, createEmitter } from './emitter.ts'
export { ControllerFailed, LeaseLost, ManagerStopping } from './errors.ts'
export { type HealthServer, type ServeHealthOptions, serveHealth } from './http.ts'
export type { LeaderElection, Vacancy } from './lease.ts'
export { createManager } from './manager.ts'
export type { HealthAnswer, Manager, ManagerOptions } from './manager.types.ts'
export { type MetricsRegistry, createMetrics } from './metrics.ts'
export type { Counter, Gauge, Histogram, LabelValues, Metrics } from './metrics.types.ts'
export { traced } from './trace.ts'
export { type TokenBucket, type TokenBucketOptions, createTokenBucket } from './token-bucket.ts'
