// npm run simulate:mutants [-- --seeds 200] [--only NAME] [--record]: does the simulation find what is deliberately wrong?
// Each mistake is looked for first in the history that showed it when somebody last wrote that down (--record), and where that shows it no
// more, in all of them from the first one on.
import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type FleetOptions, runFleet, seedsFrom } from './simulation/fleet.ts'
import type { SeedOutcome } from './simulation/messages.ts'
import { type Mutant, mutants } from './simulation/mutants/index.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    only: { type: 'string', multiple: true },
    minutes: { type: 'string', default: '20' },
    record: { type: 'boolean', default: false },
  },
})
const seeds = Number(values.seeds)

/** Seeds by the names of mistakes, as `--record` wrote them. */
const book = new URL('simulation/mutants/found.json', import.meta.url)
// Border: written below.
const known = JSON.parse(await readFile(book, 'utf8')) as Readonly<Record<string, number>>

const chosen = mutants.filter(({ name }) => values.only === undefined || values.only.includes(name))
if (chosen.length === 0) throw new Error(`there is no such mutant; there are ${mutants.map(({ name }) => name).join(', ')}`)

const survivors: string[] = []
const queue = chosen.values()

const firstFailure = async (options: Pick<FleetOptions, 'seeds' | 'mutant' | 'unharmed'>): Promise<SeedOutcome | undefined> => {
  let failure: SeedOutcome | undefined
  await runFleet({
    ...options,
    workers: 1,
    shrink: false,
    minutes: Number(values.minutes),
    onOutcome: outcome => {
      if (outcome.invariant !== undefined) failure = outcome
      return failure === undefined
    },
  })
  return failure
}

const headline = ({ story }: SeedOutcome): string => story?.split('\n')[0] ?? ''

/**
 * The first history that fails for the mistake's sake. One with more of some incidents than usual is lived through nowhere else: where it
 * fails without the mistake, too, it is told, and the next ones are asked.
 */
const findingIn = async ({ name, shownBy }: Mutant, from: number, count: number): Promise<SeedOutcome | undefined> => {
  for (let first = from; first < from + count; ) {
    const found = await firstFailure({ seeds: seedsFrom(first, from + count - first), mutant: name })
    if (!found || !shownBy) return found
    const own = await firstFailure({ seeds: [found.seed], mutant: name, unharmed: true })
    if (!own) return found
    process.stdout.write(`WITHOUT ANY MISTAKE, in a history for "${name}": ${headline(own)}\n`)
    first = found.seed + 1
  }
  return undefined
}

const findingOf = async (mutant: Mutant): Promise<SeedOutcome | undefined> => {
  const seed = values.record ? undefined : known[mutant.name]
  return (seed === undefined ? undefined : await findingIn(mutant, seed, 1)) ?? (await findingIn(mutant, 1, seeds))
}

const foundBy = new Map<string, number>()

/** One mutant on one core: the others take the rest. */
const hunt = async (): Promise<void> => {
  for (const mutant of queue) {
    const { name } = mutant
    const found = await findingOf(mutant)
    // A simulation that breaks down is no finding.
    const isFinding = found?.invariant !== undefined && found.invariant > 0
    if (isFinding) foundBy.set(name, found.seed)
    else survivors.push(name)
    process.stdout.write(
      `${isFinding ? 'found   ' : 'SURVIVED'} ${name.padEnd(50)} ${found ? headline(found) : `lives after ${seeds} seeds`}\n`,
    )
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, hunt))

if (values.record) {
  // Those of mistakes that are no more go, and those that were not looked for stay.
  const all = mutants.map(({ name }) => [name, foundBy.get(name) ?? known[name]] as const)
  await writeFile(book, `${JSON.stringify(Object.fromEntries(all.filter(([, seed]) => seed !== undefined)), undefined, 2)}\n`)
}

process.stdout.write(
  `simulate:mutants: ${chosen.length - survivors.length} of ${chosen.length} deliberate mistakes found within ${seeds} seeds\n`,
)
process.exitCode = survivors.length === 0 ? 0 : 1
