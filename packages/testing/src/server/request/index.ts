export { type Call, type Outcome, type Verb, ok } from './call.ts'
export {
  type ListOptions,
  type WriteOptions,
  checkNumbers,
  countOf,
  dryRunProblems,
  flagOf,
  listOptionsOf,
  parseRevision,
  writeOptionsOf,
} from './options.ts'
export { type ResourcePath, parseResourcePath } from './path.ts'
export { type User, accountOf, administrator, completed, wantedUser } from './user.ts'
