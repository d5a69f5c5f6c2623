import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const python = '/usr/bin/python3'
const { KUBE_NODE_E2E_CACHE: own, XDG_CACHE_HOME: shared } = process.env
const unpacked = join(own ?? join(shared ?? join(homedir(), '.cache'), 'kube-node', 'e2e'), 'cloud-init')
const env = { ...process.env, PYTHONPATH: join(unpacked, 'usr/lib/python3/dist-packages') }
const reader = fileURLToPath(new URL('as_cloud_init_reads_it.py', import.meta.url))

/** A file as cloud-init would write it. */
export interface Written {
  readonly path: string
  readonly base64: string
  readonly mode: string
  readonly user: string
  readonly group: string | null
  readonly defer: boolean
}

/** What a machine's cloud-init makes of user data. */
export interface Reading {
  readonly parts: readonly { readonly type: string; readonly text: string }[]
  readonly config: Readonly<Record<string, unknown>>
  readonly files: readonly Written[]
  /** What runcmd becomes. */
  readonly script: string
}

/** @throws Error that says how to get cloud-init where there is none. */
export const requireCloudInit = async (): Promise<void> => {
  await run(python, ['-c', 'import cloudinit.cmd.main'], { env }).catch((cause: unknown) => {
    throw new Error('cloud-init is not here: get it with e2e/bootstrap/get-cloud-init.sh (.ci/run does so)', { cause })
  })
}

const withFile = async <T>(content: string | Uint8Array, use: (file: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'kube-node-cloud-init-'))
  try {
    await writeFile(join(folder, 'user-data'), content)
    return await use(join(folder, 'user-data'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

export const asCloudInitReads = (userData: Uint8Array): Promise<Reading> =>
  withFile(userData, async file => {
    const { stdout } = await run(python, [reader, file], { env, maxBuffer: 1 << 26 })
    return JSON.parse(stdout) as Reading
  })

/** `cloud-init schema --config-file`: empty when it is valid, else what it says. */
export const schemaComplaints = (cloudConfig: string): Promise<string> =>
  withFile(cloudConfig, async file => {
    const answer = await run(python, ['-m', 'cloudinit.cmd.main', 'schema', '--config-file', file], { env }).catch(
      (error: { readonly stdout: string; readonly stderr: string }) => error,
    )
    const said = `${answer.stdout}${answer.stderr}`.trim()
    return said === `Valid cloud-config: ${file}` ? '' : said
  })
