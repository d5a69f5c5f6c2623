export { type ChangeOptions, pause, restart, resume } from './change.ts'
export { type HistoryOptions, history } from './history/index.ts'
export { type RolloutStatusOptions, rolloutStatus } from './status/index.ts'
export { type UndoOptions, undo } from './undo/index.ts'
