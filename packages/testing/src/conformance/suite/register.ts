import type { TestPort } from './port.ts'
import type { Topic } from './topic.ts'

/** What was registered, and what was not and why. Names are those that the runner shows: heading, topic and test. */
export interface Coverage {
  readonly registered: readonly string[]
  readonly leftOut: readonly { readonly test: string; readonly because: string }[]
}

export interface Registration<M, S> {
  readonly test: TestPort
  readonly heading: string
  readonly topics: readonly Topic<M, S>[]
  readonly manifest: M
  /** Opens a fresh stage for one test and closes it after. */
  readonly within: (body: (stage: S) => Promise<void>) => Promise<void>
}

/** A test that does not apply is not registered, rather than skipped: a runner's report shows nothing that nobody can mend. */
export const register = <M, S>({ test, heading, topics, manifest, within }: Registration<M, S>): Coverage => {
  const registered: string[] = []
  const leftOut: { test: string; because: string }[] = []
  const sorted = topics.map(topic => ({
    topic,
    applicable: topic.trials.filter(trial => {
      const name = [heading, topic.name, trial.name].join(' > ')
      const lacking = trial.needs?.find(need => !need.met(manifest))
      if (lacking) leftOut.push({ test: name, because: lacking.because })
      else registered.push(name)
      return !lacking
    }),
  }))
  test.describe(heading, () => {
    for (const { topic, applicable } of sorted) {
      if (applicable.length === 0) continue
      test.describe(topic.name, () => {
        for (const trial of applicable) test.it(trial.name, () => within(stage => trial.run(stage)))
      })
    }
  })
  return { registered, leftOut }
}
