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
  /** Where the claim's set wants the machine. */
  readonly zone?: string | undefined
  /** It may not be sent before the claim has a place under its class's limit. */
  readonly waits?: boolean
}

/** The record of a new attempt, before anything exists: all that its create will send follows from it, or hangs on its token. */
export const recordOfAttempt = (
  offer: GoodOffer,
  { attempt, controller, account, avoid = [], overlay, zone, waits = false }: AttemptOptions,
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
  ...(offer.from === undefined ? {} : { revision: offer.from }),
  ...(zone === undefined ? {} : { zone }),
  ...(needsDocument(offer.nodeClass.spec.bootstrap) ? { token: newTokenId(runtime) } : {}),
  ...(waits ? { waits: true as const } : {}),
  startedAt: conditionTime(runtime.clock.now()),
})
