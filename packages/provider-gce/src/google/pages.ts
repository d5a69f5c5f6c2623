import type { Call } from '@kube-node/core/provider'
import type { Google, Question } from './client.ts'

/** What Google gives at most. */
const maxResults = 500

/**
 * All pages of a list, one after the other, as long as somebody takes them.
 * @throws ProviderError, or the reason of the call's signal.
 */
export async function* pagesOf<T extends { readonly nextPageToken?: string }>(
  google: Google,
  operation: string,
  question: Question,
  call: Call,
): AsyncGenerator<T> {
  let pageToken: string | undefined
  do {
    const query = { ...question.query, maxResults, ...(pageToken !== undefined && { pageToken }) }
    const page = await google.ask<T>(operation, { ...question, query }, call)
    yield page
    call.signal.throwIfAborted()
    // Absent, or empty: there is no more.
    pageToken = page.nextPageToken || undefined
  } while (pageToken !== undefined)
}
