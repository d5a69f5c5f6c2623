import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Reply } from './client.ts'
import { normalise } from './normalise.ts'
import { withoutServersWords } from './openapi-words.ts'
import type { BookName } from './resources.ts'
import type { Target } from './script.ts'

const books: ReadonlySet<string> = new Set<BookName>(['apis', 'discovery', 'openapi', 'openapis'])

/** Is it about what the server tells of the kinds that it serves? */
export const isBook = ({ resource }: Target): boolean => books.has(resource)

const everyMs = 50

export interface ReadBook {
  readonly reply: Reply
  /** Does it say what it was expected to say? */
  readonly met: boolean
}

/**
 * What the book says when it has caught up: kube-apiserver writes it some seconds after a definition has changed, and nobody can tell
 * when, so it has until its patience ends to say what the embedded server says.
 */
export const readBook = async (ask: () => Promise<Reply>, id: string, expected: Reply, patienceMs: number): Promise<ReadBook> => {
  // Which words and which type it may have of its own is judged when it is compared.
  const comparable = (reply: Reply): unknown =>
    normalise({ observations: [{ reply }] }, id).map(({ body, status }) => ({ status, body: withoutServersWords(body) }))
  const wanted = comparable(expected)
  const until = performance.now() + patienceMs
  for (;;) {
    const reply = await ask()
    const met = isDeepStrictEqual(comparable(reply), wanted)
    if (met || performance.now() > until) return { reply, met }
    await sleep(everyMs)
  }
}
