export { type KeptRevision, isSameContent, planHistory, readHistory } from './history.ts'
export { type RevisionKeeper, createRevisionKeeper } from './keep.ts'
