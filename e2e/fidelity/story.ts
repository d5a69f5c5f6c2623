import { basename } from 'node:path'
import type { Divergence } from './compare.ts'
import { pathOf } from './run.ts'
import type { Seen } from './normalise.ts'
import type { Script, Step } from './script.ts'

const short = (value: unknown, longest = 600): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length <= longest ? text : `${text.slice(0, longest)}...`
}

const outcome = ({ status, body, events }: Seen = {}): string => {
  if (events !== undefined) return `${Object.values(events).flat().length} events`
  const reason = typeof body === 'object' && body !== null && 'reason' in body ? ` ${String(body.reason)}` : ''
  return `${status ?? '?'}${reason}`
}

const who = ({ as }: Step): string => (as === undefined ? '' : ` (${JSON.stringify(as)})`)

/** A step as one line. */
export const request = (step: Step): string => {
  const query = Object.entries(step.query ?? {}).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const path = `${pathOf(step)}${query.length === 0 ? '' : `?${query.join('&')}`}`
  if (step.do === 'settle') return 'what is there when all is done'
  if (step.do === 'watch') return `WATCH ${path}${step.accept === undefined ? '' : ` as ${step.accept}`}${who(step)}`
  const type = step.contentType === undefined ? '' : ` ${basename(step.contentType)}`
  const body = step.body === undefined ? '' : `${type} ${short(step.body, 1_000)}`
  return `${step.method} ${path}${step.accept === undefined ? '' : ` as ${step.accept}`}${who(step)}${body}`
}

const kindOf = (step: Step | undefined): string =>
  step === undefined
    ? ''
    : `${step.do === 'request' ? step.method : step.do.toUpperCase()} ${step.resource}${step.sub === undefined ? '' : `/${step.sub}`}`

/** Which kind of step tells the servers apart, and where in its answer: the same for divergences that are probably one. */
export const placeOf = ({ steps }: Script, { path, step }: Divergence): string =>
  `${kindOf(steps[step])} ${path.map(part => (/^\d+$/.test(part) ? '#' : part)).join('.')}`

/** The steps up to the one that tells the servers apart. What a watch tells depends on all that comes after it. */
export const untilThen = ({ steps }: Script, { step }: Divergence): Script => ({
  steps: steps[step]?.do === 'watch' ? steps : steps.slice(0, step + 1),
})

/** What happened, step by step, and where the two servers part. */
export const tell = (script: Script, embedded: readonly Seen[], real: readonly Seen[], { step, path, ...said }: Divergence): string => {
  const lines = script.steps.flatMap((each, i) => {
    const mine = outcome(embedded[i])
    const theirs = outcome(real[i])
    return [`${i === step ? '>' : ' '} ${i + 1}. ${request(each)}`, `       ${mine === theirs ? mine : `embedded ${mine}, real ${theirs}`}`]
  })
  return [...lines, `at ${path.join('.')}`, `  embedded: ${short(said.embedded)}`, `  real:     ${short(said.real)}`].join('\n')
}
