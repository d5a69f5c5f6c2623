import type { JsonObject } from '../objects/index.ts'

/** An answer that is not about objects. */
export interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject | string
}

export const answered = (type: string, body: JsonObject | string): PlainAnswer => ({ status: 200, headers: { 'content-type': type }, body })

/** @returns an answer with the document. */
export const found = (body: JsonObject): PlainAnswer => answered('application/json', body)
