import { jsonObject } from './border.ts'
import { TransportError } from './errors.ts'
import type { Json, WatchEvent } from './transport.ts'

/**
 * The events in the body of a watch: one JSON object a line. Reads on only when an event is asked for.
 * @throws TransportError when the body ends within a line, or a line is no watch event.
 */
export async function* watchEvents(chunks: AsyncIterable<string>): AsyncGenerator<WatchEvent, undefined> {
  let rest = ''
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      const line = rest + chunk.slice(start, end)
      rest = ''
      start = end + 1
      if (line.trim() !== '') yield parseEvent(line)
    }
    rest += chunk.slice(start)
  }
  if (rest.trim() !== '') throw new TransportError('the watch ended within an event', { cause: undefined })
}

const parseEvent = (line: string): WatchEvent => {
  const event = jsonObject(parse(line))
  switch (event?.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
    case 'ERROR':
      return { type: event.type, object: event.object ?? null }
    default:
      throw new TransportError('what came is not a watch event', { cause: undefined })
  }
}

const parse = (line: string): Json => {
  try {
    return JSON.parse(line)
  } catch {
    // The parser's own message quotes the line, which may be a Secret.
    throw new TransportError('what came is not JSON', { cause: undefined })
  }
}
