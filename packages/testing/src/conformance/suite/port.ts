/** All that the suite needs of a test runner. What vitest, node:test, jest and mocha call `describe` and `it` fits as it is. */
export interface TestPort {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: (name: string, body: () => Promise<void>) => unknown
}
