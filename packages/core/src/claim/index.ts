export { type Birth, type BirthTemplate, birthOf, deletingTaint, notUpTaint } from './birth.ts'
export { type Dress, type Redress, dressOf, redress } from './template.ts'
export { claimOf, claimsOf, handedOverTo, onePerClaim, passedOn, tookOver } from './handover.ts'
export { canonicalJson } from './canonical.ts'
export { type RevisionContent, type RevisionOfClass, isRevisionContent } from './content.ts'
export {
  type BrokenRecord,
  type ConnectionReference,
  type GroupMembership,
  type MachineRecord,
  type PlaceToAvoid,
  type Recovery,
  formatRecord,
  goodRecord,
  isBroken,
  recordOf,
  configToSend,
} from './record.ts'
export { type AnnouncedEnd, announcedEnd, formatAnnouncedEnd } from './interruption.ts'
export { perVersion } from './perVersion.ts'
export { isSeated, isTurnedAway, leavesPlace } from './place.ts'
export { isFinished, isProtected, mustGo, nodesOfPod, podName } from './pods.ts'
export { type Words, asDeclared, awaitingKubelet, provisioned, provisioning } from './words.ts'
export { revisionOf, revisionOfSet } from './revision.ts'
export {
  classNameOf,
  classNamesOf,
  hasJoined,
  hasMachineFinalizer,
  isClaim,
  isDeleting,
  isUp,
  phaseOf,
  readyStatus,
  setNamesOf,
} from './state.ts'
