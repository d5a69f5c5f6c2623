import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../control-plane/index.ts'

const version = '5.2.5'
const { KUBE_NODE_E2E_CACHE: own, XDG_CACHE_HOME: shared } = process.env
const python = join(own ?? join(shared ?? join(homedir(), '.cache'), 'kube-node', 'e2e'), `moto-${version}`, 'bin', 'python')

/** AWS as moto plays it: one account, all in memory. */
export interface Moto extends AsyncDisposable {
  readonly url: string
  /** Everything is as at the start. */
  reset(): Promise<void>
}

/** What moto takes as it comes unless it is told to look: types and images that do not exist. */
const strict = { MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: 'true', MOTO_ENABLE_AMI_VALIDATION: 'true' }
const startsWithinMs = 60_000

/** @throws Error that says how to get moto where there is none. */
export const startMoto = async (): Promise<Moto> => {
  if (!existsSync(python)) throw new Error('moto is not here: get it with e2e/aws/get-moto.sh (.ci/run does so)')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    env: { ...process.env, ...strict },
    stdio: 'ignore',
  })
  const exited = once(server, 'exit')
  const moto: Moto = {
    url,
    async reset() {
      const { ok, status } = await fetch(`${url}/moto-api/reset`, { method: 'POST' })
      if (!ok) throw new Error(`moto did not reset: ${status}`)
    },
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL')
      await exited
    },
  }
  const end = Date.now() + startsWithinMs
  for (;;) {
    const answers = await fetch(`${url}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (answers) return moto
    if (server.exitCode !== null) throw new Error(`moto ended with ${server.exitCode}`)
    if (Date.now() > end) {
      await moto[Symbol.asyncDispose]()
      throw new Error(`moto did not answer within ${startsWithinMs} ms`)
    }
    await setTimeout(100)
  }
}
