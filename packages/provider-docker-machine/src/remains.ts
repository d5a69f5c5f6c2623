import type { ErrorCode } from '@kube-node/core/provider'
import { codeOf } from './errors.ts'

/**
 * What a create that has ended may have left in its cloud:
 * - `nothing`;
 * - `known`: perhaps something, and it is written down what, so that `rm` removes just that;
 * - `unknown`: perhaps something, and `rm` would say that all went well and remove nothing.
 */
export type Remains = 'nothing' | 'known' | 'unknown'

/** A create whose driver has not written down the machine's id where we would know it. */
export interface Ended {
  readonly driver: string
  readonly exit: number
  readonly output: string
  /** The program has a configuration of the machine: it writes one before its driver makes anything. */
  readonly isConfigured: boolean
}

/** The program's exit code for a check that failed before anything was made. */
const preCreateCheck = 3

// What rancher-machine and docker-machine say of their own steps, in libmachine's Create and performCreate. A plugin's lines begin with
// the machine's name.
const driverBegins = /^Creating machine\.\.\./m
const driverHasEnded = /^Waiting for machine to be running/m
const couldNotBegin = /error saving host to store before attempting creation/i

export const remainsOf = ({ driver, exit, output, isConfigured }: Ended): Remains => {
  if (exit === 0) return 'known'
  if (exit === preCreateCheck || couldNotBegin.test(output)) return 'nothing'
  if (!isConfigured && !driverBegins.test(output)) return 'nothing'
  // It waits for the machine when all that the driver knows is saved.
  if (driverHasEnded.test(output)) return 'known'
  return isRefused(driver, output) ? 'nothing' : 'unknown'
}

/** How a driver tells of the very call that makes the machine, up to the end of what the cloud has answered to it. */
const makingCalls: Readonly<Record<string, RegExp>> = {
  amazonec2: /error (?:launching instance|request spot instance): .*(?:\n.*status code: \d+.*)?/i,
}

const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['InsufficientCapacity', 'QuotaExceeded', 'RateLimited', 'Unauthorized'])
/** Where it is not known which call was refused: rights and rates may also end what comes after the making. */
const refusalsOfMaking: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['InsufficientCapacity', 'QuotaExceeded'])

const isRefused = (driver: string, output: string): boolean => {
  const making = makingCalls[driver]
  if (making === undefined) return refusalsOfMaking.has(codeOf(1, output))
  const [answer = ''] = making.exec(output) ?? []
  return /status code: 4\d\d/.test(answer) || refusals.has(codeOf(1, answer))
}
