import { credential } from '../estate.ts'
import type { Watch } from './invariant.ts'

/** The halves of bootstrap tokens that are secrets. */
const tokenHalf = /\b[a-z0-9]{16}\b/g

/** 8: credentials and bootstrap tokens are in Secrets alone. The rotated credentials begin with the same text. */
export const secrets: Watch = ({ truth }, report) => {
  const encoded = Buffer.from(credential).toString('base64').slice(0, -4)
  const halves = new Set<string>()
  truth.secrets.on(({ now }) => {
    const half = now?.data?.['token-secret']
    if (half !== undefined) halves.add(Buffer.from(half, 'base64').toString('utf8'))
  })
  const shows = (text: string): boolean =>
    text.includes(credential) || text.includes(encoded) || (text.match(tokenHalf) ?? []).some(word => halves.has(word))
  return {
    issued(life, { path, body }) {
      if (body !== undefined && !path.includes('/secrets') && shows(JSON.stringify(body)))
        report(8, `${life.name} writes a credential to ${path}`)
    },
    logged(line) {
      if (shows(line)) report(8, `a credential stands in the log: ${line}`)
    },
  }
}
