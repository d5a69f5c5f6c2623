import { execFile } from 'node:child_process'
import { access, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { asCloudInitReads } from '../bootstrap/cloud-init.ts'
import { type Supervisor, startComponent } from '../control-plane/index.ts'
import { initOf, machinesWithCgroups, removeCgroups } from './cgroups.ts'

/** A machine made of namespaces. */
export interface RunningMachine {
  readonly name: string
  readonly address: string
  /** All that its console has shown. */
  log(): Promise<string>
  /** Runs a command on it, as over ssh; answers what it printed. @throws when it fails. */
  run(command: string): Promise<string>
  /** Cuts the power; resolves when nothing is left of it: no process, mount, network device or cgroup. May be called again. */
  off(): Promise<void>
}

export interface MachineOptions {
  /** Short, and unique on this machine. */
  readonly name: string
  /** Where image/ and image.links are; what the machine needs besides is made there, and removed with it. */
  readonly folder: string
  readonly address: string
  readonly gateway: string
  /** For cloud-init. */
  readonly userData: Uint8Array
  /** Called when the gateway is there. */
  plugged(): Promise<void>
}

const goneWithinMs = 20_000
const lookEveryMs = 20
const inPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const script = fileURLToPath(new URL('machine/power-on.sh', import.meta.url))

/** Resolves when it is on; what it does then shows on its console. @throws Error with the last of the console when it ends at once. */
export const powerOn = async (supervisor: Supervisor, options: MachineOptions): Promise<RunningMachine> => {
  const { name, folder, address, gateway, userData, plugged } = options
  const own = join(folder, name)
  const link = linkOf(name)
  await mkdir(join(own, 'disk'), { recursive: true })
  for (const shared of ['image', 'image.links']) await symlink(join('..', shared), join(own, shared))
  await writeFile(join(own, 'seed'), JSON.stringify(await asCloudInitReads(userData)), { mode: 0o600 })
  // Nothing of this process's environment but the mark by which the CI finds what was left running.
  const { PATH, KUBE_NODE_CI_RUN } = process.env
  const env = { PATH, ...(KUBE_NODE_CI_RUN !== undefined && { KUBE_NODE_CI_RUN }) }
  const args = [script, own, name, link, address, gateway]
  const logFile = join(folder, `${name}.log`)
  const console = startComponent(supervisor, name, '/bin/sh', args, logFile, env)
  let ending: Promise<void> | undefined
  const machine: RunningMachine = {
    name,
    address,
    log: () => readFile(logFile, 'utf8'),
    async run(command) {
      const target = await initOf(name)
      const inside = ['--target', `${target}`, '--all', '/bin/sh', '-c', command]
      return (await promisify(execFile)('nsenter', inside, { env: { PATH: inPath } })).stdout
    },
    off: () => (ending ??= off()),
  }
  const off = async (): Promise<void> => {
    await console.stop('SIGKILL')
    // The kernel kills its process 1 then, which takes all others along. The last of them is gone when cgroups and cable can be removed.
    const deadline = performance.now() + goneWithinMs
    while (!((await removeCgroups(name)) && !(await isPlugged(link)))) {
      if (performance.now() > deadline) throw new Error(`machine ${name} is not gone ${goneWithinMs / 1_000} s after its power was cut`)
      await sleep(lookEveryMs)
    }
    await rm(own, { recursive: true })
  }
  try {
    await console.ready(async () => (link in networkInterfaces() ? undefined : 'its cable is not plugged in'), undefined)
    await plugged()
    await console.ready(async () => ((await initOf(name)) === undefined ? 'its disk is not there' : undefined), undefined)
    return machine
  } catch (error) {
    await machine.off()
    throw error
  }
}

/** The end of a machine's cable on this side. */
export const linkOf = (name: string): string => `kn-${name}`

const isPlugged = (link: string): Promise<boolean> =>
  access(`/sys/class/net/${link}`).then(
    () => true,
    () => false,
  )

/** A name for a machine of this process. */
export const machineName = (number: number): string => `${process.pid}-${number}`

/** Removes what machines of processes that were killed have left: nothing but empty cgroups. */
export const sweep = async (): Promise<void> => {
  for (const name of await machinesWithCgroups()) {
    const owner = Number.parseInt(name, 10)
    if (!isAlive(owner)) await removeCgroups(name)
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}
