import type { SimulationResult } from './simulate.ts'

const lastLines = 60

/** A failed history for people: what must hold and did not, what went wrong before, and the last things that happened. */
export const storyOf = (result: SimulationResult): string => {
  const { seed, violation, scenario, story } = result
  if (!violation) return `seed ${seed}: everything held`
  const faults = story.filter(line => line.includes(' * ')).length
  const left = Math.max(0, story.length - lastLines)
  return [
    `seed ${seed}: invariant ${violation.invariant} is violated: ${violation.words}`,
    `${scenario.managers} manager${scenario.managers === 1 ? '' : 's'}, a provider of idempotency ${scenario.idempotency}; ` +
      `${scenario.incidents.length} incidents remain after shrinking (${faults} lines begin with *)`,
    ...(left > 0 ? [`  ... ${left} lines before`] : []),
    ...story.slice(-lastLines).map(line => `  ${line}`),
  ].join('\n')
}
