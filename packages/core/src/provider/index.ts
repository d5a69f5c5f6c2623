export type { Call, DurableStore, ProviderClock } from './call.ts'
export { type ErrorCode, type ErrorFacts, ProviderError, type Scope, covers, errorCodes } from './error.ts'
export { type Place, placeOf, scopeOf, spread } from './place.ts'
export type { Infer, Schema, SchemaResult } from './schema.ts'
export type {
  Bootstrap,
  CreateRequest,
  Interruption,
  Machine,
  MachineAddress,
  MachineConnection,
  Outcome,
  Owner,
  Page,
  Step,
} from './machine.ts'
export type { Group, GroupConnection, GroupMember, GroupOwner, GroupRequest } from './group.ts'
export {
  type ConnectContext,
  type GroupDefinition,
  type GroupProvider,
  type MachineDefinition,
  type MachineProvider,
  type OpaqueConfig,
  type Provider,
  contract,
  defineGroupProvider,
  defineProvider,
} from './define.ts'
export type { Clock, Duration, Log, LogLevel } from '../runtime/index.ts'
