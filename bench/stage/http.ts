import { setTimeout as sleep } from 'node:timers/promises'

/** What a server of ours on loopback answers, as JSON. @throws Error when it refuses. */
export const answerOf = async <T>(url: string, method = 'GET'): Promise<T> => {
  const response = await fetch(url, { method })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  const text = await response.text()
  // Border: our own processes answer what is asked for, and /readyz in words.
  return (/\bjson\b/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text) as T
}

const limitMs = 60_000

/** Resolves when the server is there and content. @throws Error after a minute. */
export const untilAnswers = async (url: string): Promise<void> => {
  const until = performance.now() + limitMs
  for (;;) {
    try {
      await answerOf(url)
      return
    } catch (error) {
      if (performance.now() > until) throw error
    }
    await sleep(20)
  }
}
