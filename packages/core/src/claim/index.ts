export { type Birth, type BirthTemplate, birthOf, deletingTaint, notUpTaint } from './birth.ts'
export { type Dress, type Redress, dressOf, redress } from './template.ts'
export { canonicalJson } from './canonical.ts'
export {
  type BrokenRecord,
  type ConnectionReference,
  type MachineRecord,
  type PlaceToAvoid,
  formatRecord,
  isBroken,
  recordOf,
} from './record.ts'
export { revisionOf } from './revision.ts'
export { classNameOf, classNamesOf, hasJoined, hasMachineFinalizer, isClaim, isDeleting, isUp, phaseOf, readyStatus } from './state.ts'
