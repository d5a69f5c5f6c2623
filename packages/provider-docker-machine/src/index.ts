import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { type MachineProvider, defineProvider } from '@kube-node/core/provider'
import { config, createTimeoutMs, credentials } from './config.ts'
import { connectMachines } from './connection.ts'
import { identityOf } from './identity.ts'
import { createTurns } from './turns.ts'

export type { DockerMachineConfig, Host, OptionValue } from './config.ts'

export interface DockerMachineOptions {
  /** The program. Default `rancher-machine`, looked up in PATH. */
  readonly program?: string
  /**
   * Folder in which the program keeps what it knows of machines while it works on them; made where it is missing, for its owner alone.
   * All of it is kept in Secrets too, so it may be empty after a restart. Default `~/.kube-node/docker-machine`.
   */
  readonly storage?: string
  /** Creates and deletions at once. Default 10. */
  readonly concurrency?: number
}

/**
 * Machines of every docker-machine driver, and hosts of a pool through its driver `generic`:
 * `createKubeNode({ cluster, providers: [dockerMachine()] })`.
 *
 * A create of the program outlives the controller, and is never stopped. Where its computer dies in the middle of one, nobody knows
 * whether the cloud has made a machine: it is kept in the list, and its removal waits for a person (see docs/docker-machine.md).
 */
export const dockerMachine = ({ program = 'rancher-machine', storage, concurrency = 10 }: DockerMachineOptions = {}): MachineProvider => {
  const turns = createTurns()
  return defineProvider({
    name: 'docker-machine',
    config,
    credentials,
    connection: ['driver'],
    idempotency: 'token',
    bootstrap: 'steps',
    zone: 'zone',
    consistencyWindow: '0s',
    limits: { concurrency },
    timeouts: { create: `${createTimeoutMs / 1_000}s`, delete: '5m' },
    connect: ({ credentials: secrets, store }) => {
      const folder = resolve(storage ?? join(homedir(), '.kube-node', 'docker-machine'))
      return connectMachines({
        program,
        storage: folder,
        storageId: identityOf(folder, () => crypto.randomUUID()),
        turns,
        secrets,
        store,
      })
    },
  })
}
