import { createSupervisor } from '../control-plane/index.ts'
import { type RunningMachine, machineName, powerOn } from './machine.ts'
import type { Network } from './network.ts'

/** Where machines are, whoever had them made: none of them outlives it. */
export interface Rack extends AsyncDisposable {
  powerOn(userData: Uint8Array): Promise<RunningMachine>
  /** Of all machines that ever were on. */
  names(): readonly string[]
}

/** `folder` holds their image; machines reach the server of that port of loopback. */
export const createRack = (folder: string, network: Network, port: number): Rack => {
  const supervisor = createSupervisor()
  const machines = new Map<string, Promise<RunningMachine>>()
  const { gateway } = network
  return {
    powerOn(userData) {
      const name = machineName(machines.size)
      const plugged = (): Promise<void> => network.open(port)
      const machine = powerOn(supervisor, { name, folder, userData, address: network.nextAddress(), gateway, plugged })
      machines.set(name, machine)
      return machine
    },
    names: () => [...machines.keys()],
    async [Symbol.asyncDispose]() {
      for (const machine of await Promise.allSettled(machines.values())) if (machine.status === 'fulfilled') await machine.value.off()
      await supervisor.stop()
    },
  }
}
