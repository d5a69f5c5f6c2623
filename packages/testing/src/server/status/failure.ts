import type { Cause } from '../schema/index.ts'
import type { JsonObject } from '../objects/index.ts'

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly Partial<Cause>[]
  readonly retryAfterSeconds?: number
}

/** The server says no. Thrown inside the server and answered as a `Status`; never leaves it as an exception. */
export class Failure extends Error {
  readonly code: number
  readonly reason: string
  readonly details: StatusDetails | undefined

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }

  /** Answered in place of a body (`410 Expired` of a list carries a new continue token here). */
  status(metadata: JsonObject = {}): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata,
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    }
  }
}
