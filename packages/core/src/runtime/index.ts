export type { Clock, Log, LogLevel, Runtime } from './runtime.ts'
export { type Duration, describeMs, durationMs, durationPattern } from './duration.ts'
export { systemRuntime } from './system.ts'
export { type ManualRuntime, type ManualRuntimeOptions, manualRuntime } from './manual.ts'
