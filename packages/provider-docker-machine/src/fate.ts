import { createTimeoutMs } from './config.ts'
import type { Creation } from './creation.ts'
import type { Entry } from './ledger.ts'

/**
 * What a computer can know of the create that a line stands for:
 * - `none`: it was not begun;
 * - `here`: it is at work on this computer, or has ended there;
 * - `elsewhere`: another computer has begun it, and may still be at work on it;
 * - `stopped`: it was stopped in its middle, here or with the other computer.
 */
export type Fate = 'none' | 'here' | 'elsewhere' | 'stopped'

type Line = Pick<Entry, 'storage' | 'createdAt'>

export const fateOf = (line: Line, creation: Creation, storageId: string, now: number): Fate => {
  if (creation.state === 'running' || creation.state === 'ended') return 'here'
  if (creation.state === 'killed') return 'stopped'
  if (line.storage === storageId) return 'none'
  return now < heardOfBy(line) ? 'elsewhere' : 'stopped'
}

/** Milliseconds since 1970: who has not said by then how its create ended has not lived to do so. */
const heardOfBy = ({ createdAt }: Line): number => Date.parse(createdAt) + createTimeoutMs

/** Of a create whose fate is `elsewhere`, in words that stay the same while it is. */
export const unheardOf = (line: Line): string =>
  'its create was begun on another computer, which has not said how it ended, and it may still be at work there until ' +
  `${secondsOf(heardOfBy(line))}. Then it is removed; where its driver has not written down what it made, a person is asked to look`

const secondsOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

/** Of one that was stopped or has failed before its driver wrote down what it made. */
export const untraceable = (entry: Pick<Entry, 'name' | 'driver'>, why: string = stopped(entry)): string =>
  `${why}. Look in the cloud for a machine of that name and remove it, then empty the Secret in which kube-node keeps ${entry.name} ` +
  '(docs/docker-machine.md)'

const stopped = ({ name, driver }: Pick<Entry, 'name' | 'driver'>): string =>
  `the program was stopped while driver ${driver} made ${name}, before it wrote down what it made`

export const failed = ({ name, driver }: Pick<Entry, 'name' | 'driver'>, exit: number, reason: string): string =>
  `the create of ${name} ended with ${exit} before driver ${driver} wrote down what it made: ${reason}`

export const lost = ({ name, driver }: Pick<Entry, 'name' | 'driver'>): string =>
  `what was kept of ${name} is lost, and driver ${driver} can't remove it without that`
