// Plays the rollout stories on the embedded server and writes what was seen into docs/rollouts.md.
//   node scripts/rollouts.ts          writes the tables
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './packages.ts'
import { createStage } from './rollouts/stage.ts'
import { type Story, stories } from './rollouts/stories.ts'
import type { Row } from './rollouts/watch.ts'

export const page: string = join(root, 'docs/rollouts.md')
const marker = /(<!-- stories -->\n)[^]*(<!-- \/stories -->)/

const cells = ({ at, wanted, old, new: fresh, ready, warm, going, note = '' }: Row): string =>
  `| ${[at, wanted, old, fresh, ready, warm, going, note].join(' | ')} |`

/** Of several in one second the last one, with all that was said in it. */
const bySecond = (rows: readonly Row[]): readonly Row[] =>
  rows.reduce<readonly Row[]>((told, row) => {
    const last = told.at(-1)
    if (last?.at !== row.at || (last.note !== undefined && row.note !== undefined)) return [...told, row]
    return [...told.slice(0, -1), { ...row, ...(last.note !== undefined && { note: last.note }) }]
  }, [])

const table = (rows: readonly Row[]): string =>
  ['| s | wanted | old | new | ready | warm | going | |', '|---|---|---|---|---|---|---|---|', ...bySecond(rows).map(cells)].join('\n')

export interface Told {
  readonly heading: string
  readonly table: string
  /** What it came to. */
  readonly end: Row | undefined
}

/** @throws Error with each moment in which a bound was broken. */
export const play = async ({ title, text, play: act }: Story): Promise<Told> => {
  await using stage = await createStage()
  await act(stage)
  const { rows, broken } = stage.watch
  if (broken.length > 0) throw new Error(`${title}: ${broken.join('; ')}`)
  return { heading: `### ${title}\n${text}\n`, table: table(rows), end: rows.at(-1) }
}

export const withStories = (text: string, told: readonly Told[]): string =>
  text.replace(
    marker,
    (_whole, open: string, close: string) => `${open}\n${told.map(one => `${one.heading}\n${one.table}\n`).join('\n')}\n${close}`,
  )

if (import.meta.main) {
  const told: Told[] = []
  for (const story of stories) told.push(await play(story))
  writeFileSync(page, withStories(readFileSync(page, 'utf8'), told))
  console.log(`docs/rollouts.md: ${told.length} stories`)
}
