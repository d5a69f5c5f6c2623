export { type StatusOptions, status } from './status.ts'
export { type Sort, type Target, kinds, parseTarget } from './target.ts'
