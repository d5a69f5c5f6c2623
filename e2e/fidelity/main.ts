import { parseArgs } from 'node:util'
import { campaign } from './campaign.ts'
import { writeDocument } from './document.ts'
import { startSides } from './sides.ts'
import { tellInFull } from './single.ts'
import { survey } from './survey.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '3' },
    /** Every kind of divergence once, unshrunk, instead of each lane's first one shrunk. */
    survey: { type: 'boolean', default: false },
    /** For a survey: only these kinds, separated by commas. */
    kinds: { type: 'string' },
    /** Scripts about what controllers do, with Kubernetes' own at work on one side and the embedded server's on the other. */
    controllers: { type: 'boolean', default: false },
    /** A file with a script, as JSON: what both servers answer to each of its steps, in full. */
    script: { type: 'string' },
    /** Writes the list of differences into docs/fidelity.md; runs nothing. */
    document: { type: 'boolean', default: false },
  },
})
const options = { runs: Number(values.runs), seed: Number(values.seed), lanes: Number(values.lanes), controllers: values.controllers }

if (values.document) {
  writeDocument()
} else {
  const sides = await startSides({ controllers: values.controllers })
  try {
    if (values.script !== undefined) console.log(await tellInFull(sides, values.script))
    else if (values.survey) {
      console.log(await survey(sides, { ...options, ...(values.kinds === undefined ? {} : { kinds: values.kinds.split(',') }) }))
    } else {
      const { divergences, text, unanswered } = await campaign(sides, options)
      console.log(text)
      if (divergences.length + unanswered.length > 0) process.exitCode = 1
    }
  } finally {
    await sides[Symbol.asyncDispose]()
  }
}
