import type { TestPort } from './index.ts'

/** A test runner of a few lines: what a conformance suite says of a provider, as data. */
export interface Runner extends TestPort {
  /** Runs what was registered, one after the other. Answers by the names of the tests, without the heading, why each failed. */
  run(): Promise<ReadonlyMap<string, Error | undefined>>
}

export const runner = (): Runner => {
  const path: string[] = []
  const registered = new Map<string, () => Promise<void>>()
  return {
    describe(name, body) {
      path.push(name)
      body()
      path.pop()
    },
    it(name, body) {
      registered.set([...path.slice(1), name].join(' > '), body)
    },
    async run() {
      const results = new Map<string, Error | undefined>()
      for (const [name, body] of registered) {
        const failure = await body().then(
          () => undefined,
          (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
        )
        results.set(name, failure)
      }
      return results
    },
  }
}
