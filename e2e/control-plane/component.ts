import { openSync, closeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Exit, Supervisor } from './supervisor.ts'

/** One server of the control plane, as a child process that logs into a file. */
export interface Component {
  readonly name: string
  /** Of the process; undefined when it could not be started. */
  readonly pid: number | undefined
  /** Resolves when the process has ended. */
  readonly exited: Promise<Exit>
  running(): boolean
  /** How it ended when nobody asked it to, else undefined. */
  crash(): Exit | undefined
  /**
   * Resolves when `probe` returns undefined; until then it returns what it still waits for.
   * Throws with the last lines of the log when the process ends first or READY_WITHIN_MS have passed.
   */
  ready(probe: () => Promise<string | undefined>, signal: AbortSignal | undefined): Promise<void>
  /** Sends the signal, and SIGKILL when that was not enough after 10 seconds. Resolves when the process is gone. */
  stop(signal: NodeJS.Signals): Promise<void>
  /** The last lines of its log. */
  lastLines(): Promise<string>
}

const READY_WITHIN_MS = 90_000
const PROBE_EVERY_MS = 50
const STOP_WITHIN_MS = 10_000
const LAST_LINES = 20
const LINE_LENGTH = 500

export function describeExit({ code, signal, error }: Exit): string {
  if (error !== undefined) return `could not be started: ${error.message}`
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`
}

/** Starts the program; its output is appended to `logFile`. Default environment: this process's own. */
export function startComponent(
  supervisor: Supervisor,
  name: string,
  file: string,
  args: readonly string[],
  logFile: string,
  env?: NodeJS.ProcessEnv,
): Component {
  const log = openSync(logFile, 'a')
  const supervised = ((): ReturnType<Supervisor['spawn']> => {
    try {
      return supervisor.spawn(file, args, { stdio: ['ignore', log, log], ...(env && { env }) })
    } finally {
      closeSync(log)
    }
  })()
  let stopping = false
  let ended: Exit | undefined
  const exited = supervised.exited.then(exit => {
    ended = exit
    return exit
  })

  const component: Component = {
    name,
    pid: supervised.child.pid,
    exited,
    running: () => ended === undefined,
    crash: () => (stopping ? undefined : ended),
    async ready(probe, signal) {
      const deadline = performance.now() + READY_WITHIN_MS
      for (;;) {
        signal?.throwIfAborted()
        const waitsFor = await probe()
        if (ended !== undefined) throw new Error(`${name} ${describeExit(ended)} before it was ready:\n${await component.lastLines()}`)
        if (waitsFor === undefined) return
        if (performance.now() > deadline) {
          throw new Error(`${name} was not ready after ${READY_WITHIN_MS / 1000} s: ${waitsFor}\n${await component.lastLines()}`)
        }
        await sleep(PROBE_EVERY_MS)
      }
    },
    async stop(signal) {
      if (ended === undefined) stopping = true
      supervised.kill(signal)
      const timer = setTimeout(() => supervised.kill('SIGKILL'), STOP_WITHIN_MS)
      await exited
      clearTimeout(timer)
    },
    async lastLines() {
      const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n')
      return lines
        .slice(-LAST_LINES)
        .map(line => line.slice(0, LINE_LENGTH))
        .join('\n')
    },
  }
  return component
}
