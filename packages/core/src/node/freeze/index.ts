export { type Freeze, createFreeze } from './freeze.ts'
export { type FreezeRecord, freezeKey, freezeRecordOf, liftedData } from './record.ts'
export { freezeSource } from './source.ts'
export { witness } from './witness.ts'
