export type {
  Controller, ControllerDefinition, EnqueueOptions, ErasedIndex, Index, ManagerContext, Reconcile, Result, Source, SourceContext,
  Stores, Watch,
} from './definition.ts'
export type { Counter, Gauge, Histogram, LabelValues, Metrics } from './metrics.types.ts'
