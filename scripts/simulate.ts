// npm run simulate -- --seeds 1000 [--first-seed N | --fresh] [--minutes M] [--workers W] [--mutant NAME]
//   [--emphasis KIND=WEIGHT,...] [--keep-going] [--no-shrink]
import { parseArgs } from 'node:util'
import { type Emphasis, incidentKinds } from '../packages/testing/src/simulation/kinds.ts'
import { runFleet, seedsFrom } from './simulation/fleet.ts'
import type { SeedOutcome } from './simulation/messages.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    'first-seed': { type: 'string', default: '1' },
    minutes: { type: 'string' },
    workers: { type: 'string' },
    mutant: { type: 'string' },
    emphasis: { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: true },
    fresh: { type: 'boolean', default: false },
  },
  allowNegative: true,
})
const number = (name: string, text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new TypeError(`--${name} is a whole number, not ${text}`)
  return value
}

/** `restore=8,delete-claim=2`: how many times as many of which incidents. */
const emphasisFrom = (text: string): Emphasis =>
  Object.fromEntries(
    text.split(',').map(part => {
      const [kind = '', weight] = part.split('=')
      if (!incidentKinds.some(each => each === kind))
        throw new TypeError(`--emphasis: no incident is of kind "${kind}": ${incidentKinds.join(', ')}`)
      if (!(Number(weight) >= 0)) throw new TypeError(`--emphasis: ${kind}=${weight ?? ''}: a weight is a number, 0 or more`)
      return [kind, Number(weight)]
    }),
  )

// Seconds since the epoch: another history each time, and one that can be lived through again.
const first = values.fresh ? Math.floor(Date.now() / 1_000) : number('first-seed', values['first-seed'])

const startedAt = performance.now()
const cpuAtStart = process.cpuUsage()
const failures: SeedOutcome[] = []
let clusterMs = 0
let steps = 0
let lived = 0

await runFleet({
  seeds: seedsFrom(first, number('seeds', values.seeds)),
  minutes: values.minutes === undefined ? undefined : number('minutes', values.minutes),
  mutant: values.mutant,
  emphasis: values.emphasis === undefined ? undefined : emphasisFrom(values.emphasis),
  shrink: values.shrink,
  ...(values.workers === undefined ? {} : { workers: number('workers', values.workers) }),
  onOutcome: outcome => {
    lived += 1
    clusterMs += outcome.clusterMs
    steps += outcome.steps
    if (outcome.invariant === undefined) return true
    failures.push(outcome)
    process.stdout.write(`${outcome.story ?? ''}\n\n`)
    return values['keep-going']
  },
})

const { user, system } = process.cpuUsage(cpuAtStart)
const cpuSeconds = (user + system) / 1_000_000
const hours = (clusterMs / 3_600_000).toFixed(1)
const ratio = Math.round(clusterMs / 1_000 / cpuSeconds)
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
const emphasised = values.emphasis === undefined ? '' : ` with ${values.emphasis}`
const verdict = failures.length === 0 ? 'all held' : `FAILED with seed ${failures.map(failure => failure.seed).join(', ')}`
process.stdout.write(
  `simulate: ${lived} seeds from ${first}${emphasised}, ${verdict}; ${hours} h of cluster life and ${steps} events in ${seconds} s, ` +
    `${ratio} s of cluster life per CPU second\n`,
)
process.exitCode = failures.length === 0 ? 0 : 1
