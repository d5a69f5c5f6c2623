export { halfUndone, intentOf } from './intent.ts'
export { type UndoOptions, undo } from './undo.ts'
