import { type Machine, type MachineProvider, ProviderError, type Schema, defineProvider } from '@kube-node/core/provider'
import type { RunningMachine } from './machine.ts'

/** All machines of these are alike. */
interface Config {
  readonly rack: string
}

const config: Schema<Config> = {
  '~standard': {
    version: 1,
    vendor: 'kube-node',
    validate: value => {
      const rack: unknown = typeof value === 'object' && value !== null && 'rack' in value ? value.rack : undefined
      return typeof rack === 'string' ? { value: { rack } } : { issues: [{ message: 'is the name of a rack', path: ['rack'] }] }
    },
    jsonSchema: { input: () => ({ type: 'object', properties: { rack: { type: 'string' } }, required: ['rack'] }) },
  },
}

/** A machine and what it was made of. */
export interface Made {
  readonly machine: Machine
  readonly userData: Uint8Array
  /** While it is on. */
  readonly running?: RunningMachine
}

/** A cloud of machines that are namespaces of this one. */
export interface Cloud {
  readonly provider: MachineProvider
  /** All that ever were, in the order of their creation. */
  made(): readonly Made[]
  /** The last one that was made for a node of that name. */
  of(node: string): Made | undefined
}

export type PowerOn = (userData: Uint8Array) => Promise<RunningMachine>

export const createCloud = (powerOn: PowerOn): Cloud => {
  const byToken = new Map<string, Promise<Made>>()
  const machines = new Map<string, Made>()

  const off = async (made: Made): Promise<void> => {
    const { running, ...rest } = made
    if (running === undefined) return
    await running.off()
    machines.set(made.machine.id, { ...rest, machine: { ...made.machine, state: 'gone' } })
  }

  return {
    made: () => [...machines.values()],
    of: node => [...machines.values()].findLast(({ machine }) => machine.owner?.nodeName === node),
    provider: defineProvider({
      name: 'namespaces',
      config,
      connection: ['rack'],
      idempotency: 'token',
      bootstrap: 'user-data',
      consistencyWindow: '1s',
      connect: ({ config: { rack } }) => ({
        create: async ({ token, owner, bootstrap }) => {
          const boot = async (): Promise<Made> => {
            const userData = bootstrap.kind === 'user-data' ? bootstrap.bytes : new Uint8Array()
            const running = await powerOn(userData)
            const id = running.name
            const machine: Machine = {
              id,
              providerID: `namespaces://${rack}/${id}`,
              owner,
              state: 'running',
              createdAt: new Date().toISOString(),
              addresses: [{ type: 'InternalIP', address: running.address }],
              zone: rack,
            }
            const made = { machine, userData, running }
            machines.set(id, made)
            return made
          }
          let booting = byToken.get(token)
          if (booting === undefined) byToken.set(token, (booting = boot()))
          return (await booting).machine
        },
        async *list() {
          yield { items: [...machines.values()].filter(({ running }) => running !== undefined).map(({ machine }) => machine) }
        },
        delete: async ({ id }) => {
          const made = machines.get(id)
          if (made === undefined) throw new ProviderError('NotFound', `there is no machine ${id}`)
          await off(made)
        },
        [Symbol.asyncDispose]: async () => undefined,
      }),
    }),
  }
}
