import { type Call, ProviderError } from '@kube-node/core/provider'
import { asked } from './asked.ts'

interface Answer {
  readonly NextToken?: string | undefined
}

/** Where the next page begins; nothing for the first one. */
export interface PageStart {
  readonly NextToken?: string
}

/** @throws ProviderError `Unavailable`: a proxy's page, or an answer that was cut short, is no empty account. */
export const listIn = <T>(operation: string, list: readonly T[] | undefined): readonly T[] => {
  if (!list) throw new ProviderError('Unavailable', `AWS ${operation} answered no list`)
  return list
}

/** A list, page by page. @param listOf undefined for an answer that has no list in it. */
export async function* pagesOf<A extends Answer, T>(
  operation: string,
  call: Call,
  ask: (from: PageStart, options: { readonly abortSignal: AbortSignal }) => Promise<A>,
  listOf: (answer: A) => readonly T[] | undefined,
): AsyncGenerator<readonly T[]> {
  let next: string | undefined
  do {
    const from = next === undefined ? {} : { NextToken: next }
    const answer = await asked(operation, call, options => ask(from, options))
    yield listIn(operation, listOf(answer))
    next = answer.NextToken || undefined
  } while (next !== undefined)
}
