// npm run simulate:mutants [-- --seeds 60] [--only NAME]: does the simulation find what is deliberately wrong?
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { runFleet, seedsFrom } from './simulation/fleet.ts'
import type { SeedOutcome } from './simulation/messages.ts'
import { mutants } from './simulation/mutants.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '60' },
    only: { type: 'string', multiple: true },
    minutes: { type: 'string', default: '20' },
  },
})
const seeds = Number(values.seeds)
const chosen = mutants.filter(({ name }) => values.only === undefined || values.only.includes(name))
if (chosen.length === 0) throw new Error(`there is no such mutant; there are ${mutants.map(({ name }) => name).join(', ')}`)

const survivors: string[] = []
const queue = chosen.values()

/** One mutant on one core: the others take the rest. */
const hunt = async (): Promise<void> => {
  for (const { name } of queue) {
    let found: SeedOutcome | undefined
    let lived = 0
    await runFleet({
      seeds: seedsFrom(1, seeds),
      workers: 1,
      mutant: name,
      shrink: false,
      minutes: Number(values.minutes),
      onOutcome: outcome => {
        lived += 1
        if (outcome.invariant === undefined) return true
        found = outcome
        return false
      },
    })
    // A simulation that breaks down is no finding.
    const finding = found?.invariant === undefined || found.invariant === 0 ? undefined : found
    if (!finding) survivors.push(name)
    const told = (finding ?? found)?.story?.split('\n')[0] ?? `lives after ${lived} seeds`
    process.stdout.write(`${finding ? 'found   ' : 'SURVIVED'} ${name.padEnd(50)} ${told}\n`)
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, hunt))

process.stdout.write(
  `simulate:mutants: ${chosen.length - survivors.length} of ${chosen.length} deliberate mistakes found within ${seeds} seeds\n`,
)
process.exitCode = survivors.length === 0 ? 0 : 1
