export { drivesGroup, reconcileGroup } from './keeper.ts'
export { type GroupLife, openGroupLife } from './life.ts'
export { groupSource } from './source.ts'
