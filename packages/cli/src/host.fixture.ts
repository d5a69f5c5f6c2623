import { PassThrough } from 'node:stream'
import { type Runtime, systemRuntime } from '@kube-node/core/runtime'
import type { Host } from './terminal/index.ts'

export interface TestHost extends Host {
  /** What was written so far. */
  readonly out: () => string
  readonly err: () => string
  /** Ctrl-C. */
  interrupt(): void
}

/** A process to run commands in: outputs are kept, nothing is a terminal. */
export const testHost = (options: { readonly cwd?: string; readonly env?: Host['env']; readonly runtime?: Runtime } = {}): TestHost => {
  const stopping = new AbortController()
  const [stdout, out] = kept()
  const [stderr, err] = kept()
  return {
    stdout,
    stderr,
    out,
    err,
    env: options.env ?? {},
    cwd: options.cwd ?? import.meta.dirname,
    runtime: options.runtime ?? systemRuntime(),
    signal: stopping.signal,
    interrupt: () => stopping.abort(new Error('received SIGINT')),
  }
}

const kept = (): readonly [PassThrough, () => string] => {
  const stream = new PassThrough()
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    text += chunk
  })
  return [stream, () => text + String(stream.read() ?? '')]
}
