import { readFileSync, readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { campaign } from './campaign.ts'
import { startSides } from './sides.ts'
import type { Script } from './script.ts'
import { survey } from './survey.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '3' },
    /** Every divergence once, unshrunk, instead of the first one shrunk. */
    survey: { type: 'boolean', default: false },
    kinds: { type: 'string' },
  },
})
const options = { runs: Number(values.runs), seed: Number(values.seed), lanes: Number(values.lanes), ...(values.kinds === undefined ? {} : { kinds: values.kinds.split(',') }) }
void readFileSync
void readdirSync
void (0 as unknown as Script)
const sides = await startSides()
try {
  const report = values.survey ? await survey(sides, options) : await campaign(sides, options)
  console.log(report.text)
  if (report.failed) process.exitCode = 1
} finally {
  await sides[Symbol.asyncDispose]()
}
