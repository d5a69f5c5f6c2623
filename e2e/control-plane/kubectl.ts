import { join } from 'node:path'
import type { Supervisor } from './supervisor.ts'

export interface KubectlOptions {
  /** Written to standard input, for `-f -`. */
  readonly input?: string
  /** A kubeconfig file; default: the administrator's. */
  readonly kubeconfig?: string
  /** Added to the environment, such as KUBE_EDITOR. */
  readonly env?: Readonly<Record<string, string>>
  /** Ends kubectl, for `get --watch` and `wait`. The promise then still resolves, with what was printed so far and code null. */
  readonly signal?: AbortSignal
  /** Gets standard output as it comes. */
  readonly onStdout?: (text: string) => void
  /** Milliseconds after which kubectl is killed; default 60,000. */
  readonly timeoutMs?: number
}

export interface KubectlResult {
  readonly stdout: string
  readonly stderr: string
  /** Exit code; null when it was ended by the signal or the timeout. */
  readonly code: number | null
}

const TIMEOUT_MS = 60_000

/** Runs kubectl. An exit code other than 0 is a result, not an error; throws only when the program can't be started. */
export type Kubectl = (args: readonly string[], options?: KubectlOptions) => Promise<KubectlResult>

/**
 * kubectl as one types it: arguments, as a text parted by blanks where none has one in it, and what it reads from standard input (`-f -`).
 * Answers what it printed. @throws Error with its words when it fails.
 */
export type CommandLine = (args: string | readonly string[], ...input: readonly (string | object)[]) => Promise<string>

export const commandLine =
  (kubectl: Kubectl, options: Pick<KubectlOptions, 'timeoutMs'> = {}): CommandLine =>
  async (args, ...objects) => {
    const given = typeof args === 'string' ? args.split(' ') : args
    const input = objects.map(object => (typeof object === 'string' ? object : JSON.stringify(object))).join('\n---\n')
    const { code, stdout, stderr } = await kubectl(given, { ...options, input })
    if (code !== 0) throw new Error(`kubectl ${given.join(' ')}: ${stderr}`)
    return stdout
  }

export function createKubectl(supervisor: Supervisor, file: string, dir: string, defaultKubeconfig: string): Kubectl {
  return async (args, options = {}) => {
    const env = {
      PATH: process.env['PATH'],
      // Neither the caller's kubeconfig, plugins and kuberc nor his discovery cache may have a say in a test.
      HOME: join(dir, 'home'),
      KUBECACHEDIR: join(dir, 'home', 'cache'),
      KUBECONFIG: options.kubeconfig ?? defaultKubeconfig,
      ...options.env,
    }
    const { child, exited, kill } = supervisor.spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env })
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
      options.onStdout?.(chunk)
    })
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk
    })
    // kubectl may end without having read its input (a wrong flag): then the exit code tells, not the broken pipe.
    child.stdin?.on('error', error => {
      stderr += `(standard input: ${error.message})\n`
    })
    child.stdin?.end(options.input ?? '')

    const end = (): void => kill('SIGKILL')
    const timer = setTimeout(end, options.timeoutMs ?? TIMEOUT_MS)
    options.signal?.addEventListener('abort', end, { once: true })
    if (options.signal?.aborted === true) end()
    try {
      const exit = await exited
      if (exit.error !== undefined) throw exit.error
      return { stdout, stderr, code: exit.code }
    } finally {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', end)
    }
  }
}
