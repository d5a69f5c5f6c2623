import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Of the repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** The program `kube-node`, for Node to run. */
export const command: string = join(root, 'packages/cli/src/bin.ts')

export interface Answered {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const timeoutMs = 60_000

/** Runs `kube-node` as a process of its own. An exit code other than 0 is an answer; throws only when it could not run to its end. */
export const kubeNode = (args: readonly string[]): Promise<Answered> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [command, ...args], { timeout: timeoutMs }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      if (typeof code === 'number') resolve({ code, stdout, stderr })
      else reject(new Error(`kube-node ${args.join(' ')} did not run to its end: ${stderr}`, { cause: error }))
    })
  })
