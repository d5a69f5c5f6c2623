import { createReadStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A request of one of those whose requests are on record, as the API server has answered it. */
export interface Audited {
  readonly verb: string
  readonly requestURI: string
  readonly user: { readonly username: string }
  readonly userAgent?: string
  /** Missing for paths that are no resource's. */
  readonly objectRef?: {
    readonly apiGroup?: string
    readonly resource?: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
  }
  readonly responseStatus?: { readonly code?: number; readonly message?: string }
}

/** Writes the policy, and answers the flags that put every request of these users on record. */
export async function auditFlags(dir: string, users: readonly string[] | 'everybody'): Promise<string[]> {
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: users === 'everybody' ? [{ level: 'Metadata' }] : [{ level: 'Metadata', users }, { level: 'None' }],
  }
  await writeFile(join(dir, 'audit-policy.json'), JSON.stringify(policy))
  // It would begin a new file after 100 MB.
  return [`--audit-policy-file=${join(dir, 'audit-policy.json')}`, `--audit-log-path=${logFile(dir)}`, '--audit-log-maxsize=100000']
}

const logFile = (dir: string): string => join(dir, 'audit.log')

/** What is on record so far; a watch is there from its first answer on. */
export async function readAudit(dir: string): Promise<readonly Audited[]> {
  const lines = (await readFile(logFile(dir), 'utf8')).split('\n')
  // The last one may be half written.
  return lines.slice(0, -1).map(parsed)
}

// Border: kube-apiserver writes them.
const parsed = (line: string): Audited => JSON.parse(line) as Audited

/** Tells each request of the record once, those first that came while nobody asked: a long record never stands in memory whole. */
export function followAudit(dir: string): (each: (audited: Audited) => void) => Promise<void> {
  let read = 0
  let rest = ''
  return async each => {
    // A character that the end of a piece has cut in two waits within the stream; that at the very end is a newline.
    for await (const piece of createReadStream(logFile(dir), { start: read, encoding: 'utf8' })) {
      const text = String(piece)
      read += Buffer.byteLength(text)
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) each(parsed(line))
    }
  }
}
