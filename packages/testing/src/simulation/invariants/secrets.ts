import { credential } from '../estate.ts'
import type { Watch } from './invariant.ts'

/** 8: credentials are in Secrets alone. The rotated ones begin with the same text. */
export const secrets: Watch = (_stage, report) => {
  const encoded = Buffer.from(credential).toString('base64').slice(0, -4)
  const shows = (text: string): boolean => text.includes(credential) || text.includes(encoded)
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
