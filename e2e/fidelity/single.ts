import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { judge } from './judge.ts'
import type { Script } from './script.ts'
import type { Sides } from './sides.ts'
import { request } from './story.ts'

/** What each server answers to each step of the scripts in a file (one, or a list of them), in full. For work on the embedded server. */
export const tellInFull = async (sides: Sides, file: string): Promise<string> => {
  // Border: a file of ours, or what a campaign printed.
  const given = JSON.parse(readFileSync(file, 'utf8')) as Script | readonly Script[]
  const told: string[] = []
  for (const script of 'steps' in given ? [given] : given) {
    const { divergence, embedded, real } = await judge(sides, script)
    for (const [i, step] of script.steps.entries()) {
      const answers = isDeepStrictEqual(embedded[i], real[i])
        ? `   both: ${JSON.stringify(real[i])}`
        : `   embedded: ${JSON.stringify(embedded[i])}\n   real:     ${JSON.stringify(real[i])}`
      told.push(`${i + 1}. ${request(step)}\n${answers}`)
    }
    told.push(divergence === undefined ? 'no divergence\n' : `diverges at step ${divergence.step + 1}: ${divergence.path.join('.')}\n`)
  }
  return told.join('\n')
}
