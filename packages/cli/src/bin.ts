#!/usr/bin/env node
import process from 'node:process'
import { systemRuntime } from '@kube-node/core/runtime'
import { main } from './index.ts'

/** 128 and the signal's number, as shells say it. */
const killed = { SIGINT: 130, SIGTERM: 143 } as const

/** One Ctrl-C can arrive twice: from the terminal, and passed on by npm. */
const echoMs = 200

const stopping = new AbortController()
let askedAt = 0
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!stopping.signal.aborted) {
      askedAt = performance.now()
      stopping.abort(new Error(`received ${signal}`))
    } else if (performance.now() - askedAt > echoMs) {
      // Whoever asks again does not want to wait.
      process.exit(killed[signal])
    }
  })
}

// `kube-node manifests | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

const { stdout, stderr, env } = process
const host = { stdout, stderr, env, cwd: process.cwd(), runtime: systemRuntime(), signal: stopping.signal }
process.exitCode = await main(process.argv.slice(2), host)
// All has been closed by now. What is still open by mistake must not keep anybody waiting.
setTimeout(() => process.exit(), 500).unref()
