/**
 * No answer came: the connection broke, or nothing was heard for too long. Whether the server has done what it was asked is not known, so
 * this says nothing about the two servers: a script in which it happens is run again whole.
 */
export class Unanswered extends Error {
  static {
    this.prototype.name = 'Unanswered'
  }

  /** Nothing was heard, though the connection held. */
  readonly late: boolean

  constructor(asked: string, cause: unknown, late: boolean) {
    super(`${asked}: ${late ? 'no answer in time' : 'the connection broke'}`, { cause })
    this.late = late
  }
}
