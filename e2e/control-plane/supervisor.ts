import { spawn } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { once } from 'node:events'

/** How a process ended. `error` is set when it could not be started at all. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly error?: Error
}

/** A process in a process group of its own. */
export interface Supervised {
  readonly child: ChildProcess
  /** Resolves when the process has ended and its pipes are closed; never rejects. */
  readonly exited: Promise<Exit>
  /** Sends a signal to the process and everything that it started. Does nothing once it has ended. */
  kill(signal: NodeJS.Signals): void
}

/** Starts processes and guarantees that none outlives it, whatever happens to this process (kill -9 included). */
export interface Supervisor extends AsyncDisposable {
  /** Throws once the supervisor has been stopped. */
  spawn(file: string, args: readonly string[], options: { stdio: StdioOptions; env?: NodeJS.ProcessEnv }): Supervised
  /** Ids of the processes that are alive, the guard's own among them. */
  pids(): number[]
  /** Kills what is left and resolves when all of it is gone. May be called again. */
  stop(): Promise<void>
}

// Reads "+pid" and "-pid" lines. The end of input means that the process which wrote them is gone: then the groups still listed are killed.
const GUARD = `
live=' '
while read -r sign pid; do
  case $sign in
    +) live="$live$pid " ;;
    -) live="\${live%% $pid *} \${live#* $pid }" ;;
  esac
done
for pid in $live; do kill -s KILL -- "-$pid"; done
`

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

export function createSupervisor(): Supervisor {
  const live = new Map<number, Supervised>()
  // In a session of its own, so that a Ctrl-C in the terminal does not reach it before it has done its work.
  const guard = spawn('/bin/sh', ['-c', GUARD], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  const guardGone = once(guard, 'close')
  guard.unref()
  const tellGuard = (line: string): void => {
    if (guard.stdin.writable) guard.stdin.write(`${line}\n`)
  }
  const killAll = (): void => {
    for (const pid of live.keys()) killGroup(pid, 'SIGKILL')
  }
  process.once('exit', killAll)
  let stopped = false

  const supervisor: Supervisor = {
    spawn(file, args, options) {
      if (stopped) throw new Error(`${file} can't be started: its supervisor has been stopped`)
      const child = spawn(file, args, { ...options, detached: true })
      const { pid } = child
      const exited = new Promise<Exit>(resolve => {
        child.once('error', error => resolve({ code: null, signal: null, error }))
        child.once('close', (code, signal) => resolve({ code, signal }))
      })
      const kill = (signal: NodeJS.Signals): void => {
        // After the process is reaped its id may belong to somebody else.
        if (pid !== undefined && live.has(pid)) killGroup(pid, signal)
      }
      const supervised: Supervised = { child, exited, kill }
      if (pid !== undefined) {
        live.set(pid, supervised)
        tellGuard(`+ ${pid}`)
        child.once('exit', () => {
          live.delete(pid)
          tellGuard(`- ${pid}`)
        })
      }
      return supervised
    },
    pids() {
      const ids = [...live.keys()]
      return guard.pid === undefined || guard.exitCode !== null ? ids : [...ids, guard.pid]
    },
    async stop() {
      stopped = true
      const ending = [...live.values()].map(supervised => supervised.exited)
      killAll()
      await Promise.all(ending)
      process.off('exit', killAll)
      guard.ref()
      guard.stdin.end()
      await guardGone
    },
    [Symbol.asyncDispose]: () => supervisor.stop(),
  }
  return supervisor
}
