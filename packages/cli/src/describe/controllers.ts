import { leaseNameOf } from '@kube-node/core'
import { type Lease, conditionTime, defaultController, nameOf } from '@kube-node/core/api'
import { timeOf } from './times.ts'

/** Whether somebody acts for the classes of one `spec.controller`, as far as its Lease tells. */
export interface ControllerDescription {
  readonly controller: string
  /** `namespace/name`. */
  readonly lease: string
  /**
   * - `acting`: its Lease is renewed;
   * - `silent`: somebody holds it and renews it no longer;
   * - `stopped`: it was given back;
   * - `absent`: there is none;
   * - `unknown`: it may not be read.
   */
  readonly state: 'acting' | 'silent' | 'stopped' | 'absent' | 'unknown'
  readonly holder?: string
  /** RFC 3339: the last sign of life. */
  readonly renewedAt?: string
  /** What is wrong, in words that stay the same while nothing happens; empty while it acts or nobody knows. */
  readonly why: string
  /** What to do about it. */
  readonly next: string
}

/** A Lease's times are its holder's: clocks of two machines differ by some seconds. */
const slackMs = 15_000
const usualLeaseMs = 15_000

/** `leases`: those of `namespace`; undefined when they may not be read. */
export const describeController = (
  controller: string,
  leases: readonly Lease[] | undefined,
  namespace: string,
  now: number,
): ControllerDescription => {
  const name = leaseNameOf(controller)
  const lease = `${namespace}/${name}`
  if (!leases) return { controller, lease, state: 'unknown', why: '', next: '' }
  const found = leases.find(candidate => nameOf(candidate) === name)
  const renewed = timeOf(found?.spec?.renewTime)
  const renewedAt = renewed === undefined ? undefined : conditionTime(renewed)
  const last = renewedAt === undefined ? '' : `, last at ${renewedAt}`
  const facts = { controller, lease, ...(renewedAt !== undefined && { renewedAt }) }
  const start = startOf(controller)
  if (!found) return { ...facts, state: 'absent', why: `no controller runs: there is no Lease ${lease}`, next: start }
  const holder = found.spec?.holderIdentity ?? ''
  if (holder === '') {
    return { ...facts, state: 'stopped', why: `no controller runs: the last one gave its Lease ${lease} back${last}`, next: start }
  }
  const lasts = (found.spec?.leaseDurationSeconds ?? 0) * 1_000 || usualLeaseMs
  if (renewed !== undefined && now - renewed <= lasts + slackMs) return { ...facts, state: 'acting', holder, why: '', next: '' }
  const why = `the controller is silent: ${holderName(holder)} no longer renews its Lease ${lease}${last}`
  return { ...facts, state: 'silent', holder, why, next: `look after ${holderName(holder)}, or ${start}` }
}

/** Without the random part that every life adds. */
export const holderName = (identity: string): string => identity.replace(/_[0-9a-f-]{36}$/, '')

const startOf = (controller: string): string =>
  controller === defaultController
    ? 'start one: kube-node run --provider ...'
    : `start one: kube-node run --controller ${controller} --provider ...`
