import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Call, ProviderError } from '@kube-node/core/provider'
import { textOf } from './files.ts'
import { notStarted } from './program.ts'

/**
 * One `create` of the program. It lives in a process group of its own and is never stopped: a driver that is killed while the cloud
 * makes the machine has not written down which one it is. What became of it stands in a folder, so that another life of the
 * controller finds it again.
 */
export type Creation =
  /** It was never begun here. */
  | { readonly state: 'none' }
  | { readonly state: 'running' }
  | { readonly state: 'ended'; readonly exit: number; readonly output: string }
  /** It was stopped in the middle, by somebody or with its machine. */
  | { readonly state: 'killed'; readonly output: string }

const files = { pid: 'pid', exit: 'exit', log: 'log' } as const
/** Between the folder and the first line of the shell. Milliseconds. */
const startsWithinMs = 10_000

/**
 * `$0` is the folder, so that a process is known again by its command line. Of all that begin there one goes on: the one whose number has
 * got its name. Room for its end is taken before; where that is not enough, it waits for room, or until nobody wants to know any more.
 */
const script = `
pid="$0/pid.$$" end="$0/exit.$$"
if ! { echo $$ >"$pid" && echo '   ' >"$end" && ln "$pid" "$0/pid"; }; then rm -f "$pid" "$end"; rmdir "$0" 2>/dev/null; exit; fi
rm "$pid"
exec 2>/dev/null
"$@" >"$0/log" 2>&1 </dev/null
code=$?
until printf '%3s\\n' "$code" 1<>"$end" && mv "$end" "$0/exit"; do [ -d "$0" ] || exit; sleep 1; done
`

export const creationIn = async (folder: string, now: number): Promise<Creation> => {
  if (!existsSync(folder)) return { state: 'none' }
  const pid = Number(textNow(join(folder, files.pid)))
  if (pid === 0) return { state: isFresh(folder, now) ? 'running' : 'none' }
  const alive = isAlive(pid, folder)
  // In this order: who ends after the first question has written how by the second.
  const exit = (await textOf(join(folder, files.exit))) ?? ''
  if (exit === '' && alive) return { state: 'running' }
  const output = (await textOf(join(folder, files.log))) ?? ''
  return exit === '' ? { state: 'killed', output } : { state: 'ended', exit: Number(exit), output }
}

/** Starts it, unless it was begun before. @throws ProviderError `Unavailable`, outcome none, where it can't be started */
export const begin = async (folder: string, command: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new ProviderError('Unavailable', `${folder} can't be made: ${String(error)}`, { outcome: 'none', cause: error })
  }
  const child = spawn('/bin/sh', ['-c', script, folder, ...command], {
    env: environment,
    cwd: environment['HOME'],
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const complaint = await complaintOf(child).catch((error: Error) => {
    throw notStarted('/bin/sh', error)
  })
  child.unref()
  // Where somebody else was first, in this process or in another, theirs is the one.
  if (complaint === '' || existsSync(join(folder, files.pid))) return
  throw new ProviderError('Unavailable', `no program can be started in ${folder}: ${complaint}; is its disk full?`, { outcome: 'none' })
}

/** What the shell says before it starts the program: nothing, when it does so. */
const complaintOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    child.once('error', reject)
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.stderr?.once('close', () => resolve(said.trim()))
  })

/** Waits for its end, and stops waiting with the call, never the program. `each` runs after every look. */
export const awaitEnd = async (folder: string, call: Call, each: () => Promise<void>): Promise<void> => {
  while ((await creationIn(folder, call.clock.now())).state === 'running') {
    await each()
    await call.clock.sleep(lookEveryMs, call.signal)
  }
}

const lookEveryMs = 50

export const forget = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })

/** Its shell may be about to start. */
const isFresh = (folder: string, now: number): boolean =>
  now - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity) < startsWithinMs

const isAlive = (pid: number, folder: string): boolean => {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // Its number may be somebody else's by now. Where there is no /proc, the number alone must do.
  const commandLine = textNow(`/proc/${pid}/cmdline`)
  return commandLine === '' ? !existsSync('/proc/self/cmdline') : commandLine.split('\0').includes(folder)
}

const textNow = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
