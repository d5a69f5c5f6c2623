import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { type Call, ProviderError } from '@kube-node/core/provider'

export interface Ended {
  readonly exit: number
  /** Both streams. */
  readonly output: string
  readonly stdout: string
}

/** The environment that the program is started with: nothing of the controller's own that it does not need. */
export const environmentOf = (storage: string, secrets: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => {
  const passed = ['PATH', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'SSL_CERT_FILE', 'TMPDIR']
  return {
    ...Object.fromEntries(passed.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
    HOME: storage,
    MACHINE_STORAGE_PATH: storage,
    // It sends no report of a crash to anybody.
    MACHINE_BUGSNAG_API_TOKEN: 'no-report',
    ...secrets,
  }
}

const longestOutput = 4 * 1024 * 1024

/**
 * Runs a command of the program that may be stopped at any time: never `create`.
 * @throws ProviderError `Unavailable` where it can't be started; the reason of the call's signal
 */
export const run = (program: string, args: readonly string[], environment: NodeJS.ProcessEnv, { signal }: Call): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const options = { env: environment, signal, maxBuffer: longestOutput, cwd: environment['HOME'], encoding: 'utf8' as const }
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (signal.aborted) return reject(asError(signal.reason))
      if (error && typeof error.code !== 'number') return reject(notStarted(program, error))
      resolve({ exit: typeof error?.code === 'number' ? error.code : 0, output: `${stdout}${stderr}`, stdout })
    })
    child.stdin?.end()
  })

export const notStarted = (program: string, cause: Error & { readonly code?: unknown }): ProviderError => {
  const why =
    cause.code === 'ENOENT'
      ? 'there is no such program: install docker-machine or rancher-machine where the controller runs'
      : String(cause.code)
  return new ProviderError('Unavailable', `${program}: ${why}`, { outcome: 'none', cause })
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))

/** Where the program keeps what it knows of one machine. */
export const machineFolder = (storage: string, name: string): string => join(storage, 'machines', name)
