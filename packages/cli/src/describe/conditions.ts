import type { Condition } from '@kube-node/core/api'
import { describeMs, durationMs } from '@kube-node/core/runtime'
import { timeOf } from './times.ts'

/** Reason and message; the reason only where the message does not say it already. */
export const wordsOf = ({ reason, message }: Pick<Condition, 'reason' | 'message'>): string => {
  const [word = '', text = ''] = [reason, message]
  return text.includes(word) ? text : text === '' ? word : `${word}: ${text}`
}

/** When its words were written: a transition is a change of the status alone. */
export const saidAt = ({ lastHeartbeatTime, lastTransitionTime }: Condition): number | undefined =>
  timeOf(lastHeartbeatTime) ?? timeOf(lastTransitionTime)

const nextTry = /; next try in (\d+) (ms|s|min|h)(?: (\d+) min)?$/

/** What a message says, and when the next try is, apart: the message stays, the time runs. */
export const withoutNextTry = (text: string, said: number | undefined, now: number): { readonly why: string; readonly next: string } => {
  const found = nextTry.exec(text)
  if (!found) return { why: text, next: '' }
  const [whole, amount = '0', unit = 's', minutes = '0'] = found
  const delay = durationMs(`${Number(amount)}${unit === 'min' ? 'm' : unit}`) + Number(minutes) * 60_000
  const left = (said ?? now) + delay - now
  return { why: text.slice(0, -whole.length), next: left > 0 ? `next try in ${describeMs(left)}` : 'the next try is due' }
}
