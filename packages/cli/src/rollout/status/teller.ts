import type { Host } from '../../terminal/index.ts'
import type { RolloutDescription } from './describe.ts'

export type Teller = (described: RolloutDescription) => void

/** Reasons that change from second to second are told this often at the most. */
const reasonsEveryMs = 5_000

/** Prints a rollout as it goes on: a line when its numbers change, and what it waits for beneath it. In JSON, a line for each change. */
export const createTeller = (host: Host, output: 'json' | undefined): Teller => {
  const { clock } = host.runtime
  let last: RolloutDescription | undefined
  let reasons = ''
  let reasonsAt = -Infinity
  return described => {
    if (output === 'json') {
      if (JSON.stringify(described) !== JSON.stringify(last)) host.stdout.write(`${JSON.stringify(described)}\n`)
      last = described
      return
    }
    if (described.message !== last?.message && described.state !== 'failed') host.stdout.write(`${described.message}\n`)
    last = described
    const said = described.why.map(why => `  ${why}\n`).join('')
    if (said === reasons || clock.monotonic() - reasonsAt < reasonsEveryMs) return
    reasons = said
    reasonsAt = clock.monotonic()
    host.stdout.write(said)
  }
}
