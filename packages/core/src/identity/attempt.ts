import { conditionTime } from '../api/index.ts'
import { needsDocument } from '../bootstrap/index.ts'
import type { MachineRecord, PlaceToAvoid } from '../claim/index.ts'
import type { GoodOffer } from '../inventory/index.ts'
import type { Runtime } from '../runtime/index.ts'
import { newTokenId } from './token.ts'

export interface AttemptOptions {
  /** From 1. */
  readonly attempt: number
  /** `spec.controller` of the class. */
  readonly controller: string
  /** Places that were out of stock a short while ago. Default: none. */
  readonly avoid?: readonly PlaceToAvoid[] | undefined
  /** Of the connection, where the provider can tell. */
  readonly account?: string | undefined
  /** What the claim's set lays over the class's config. */
  readonly overlay: Readonly<Record<string, unknown>> | undefined
}

/** The record of a new attempt, before anything exists: all that its create will send follows from it, or hangs on its token. */
export const recordOfAttempt = (
  offer: GoodOffer,
  { attempt, controller, account, avoid = [], overlay }: AttemptOptions,
  runtime: Pick<Runtime, 'clock' | 'uuid'>,
): MachineRecord => ({
  attempt,
  controller,
  provider: offer.provider.name,
  ...(account === undefined ? {} : { account }),
  connection: offer.connection,
  config: offer.config,
  ...(avoid.length === 0 ? {} : { avoid }),
  ...(overlay === undefined ? {} : { overlay }),
  ...(needsDocument(offer.nodeClass.spec.bootstrap) ? { token: newTokenId(runtime) } : {}),
  startedAt: conditionTime(runtime.clock.now()),
})
