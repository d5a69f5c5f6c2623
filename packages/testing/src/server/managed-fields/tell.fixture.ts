import { type JsonObject, at, isObject } from '../objects/index.ts'
import type { Step, Story } from './stories.fixture.ts'

export interface Answer {
  readonly status: number
  readonly body: JsonObject
}

/** What there is to compare of an answer: no uids, versions and times, but the step in which an entry of the books was written. */
export type Told = JsonObject

/** `ask` carries a step out; a second or more passes before the next. */
export const tell = async (story: Story, ask: (step: Step) => Promise<Answer>): Promise<readonly Told[]> => {
  const times = new Map<string, number>()
  const told: Told[] = []
  let last: JsonObject = {}
  for (const [i, step] of story.steps.entries()) {
    const answer = await ask({ ...step, ...(step.body === undefined ? {} : { body: filled(step.body, last) }) })
    if (answer.status < 300) last = answer.body
    told.push({ status: answer.status, ...normalised(answer, time => times.get(time) ?? (times.set(time, i), i)) })
  }
  return told
}

const filled = (body: unknown, last: JsonObject): unknown => {
  const text = JSON.stringify(body).replaceAll('$uid', String(at(last, 'metadata', 'uid')))
  const value: unknown = JSON.parse(text)
  return value
}

const normalised = ({ body, status }: Answer, stepOf: (time: string) => number): JsonObject => {
  if (status >= 300) {
    const causes = at(body, 'details', 'causes')
    const reason = typeof body['reason'] === 'string' ? { reason: body['reason'] } : {}
    return { ...reason, message: withoutIds(String(body['message'])), ...(Array.isArray(causes) ? { causes: ordered(causes) } : {}) }
  }
  const metadata = isObject(body['metadata']) ? body['metadata'] : {}
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _time, managedFields, ...rest } = metadata
  const entries: readonly unknown[] = Array.isArray(managedFields) ? managedFields : []
  const books = entries.filter(isObject).map(({ time, ...entry }) => (typeof time === 'string' ? { ...entry, step: stepOf(time) } : entry))
  return { ...body, metadata: rest, ...(managedFields === undefined ? {} : { books }) }
}

/** Conflicts come in no order. */
const ordered = (causes: readonly unknown[]): readonly unknown[] =>
  [...causes].sort((a, b) =>
    JSON.stringify([at(a, 'message'), at(a, 'field')]) < JSON.stringify([at(b, 'message'), at(b, 'field')]) ? -1 : 1,
  )

const withoutIds = (text: string): string => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uid>')
