import type { Machine, MachineAddress } from '@kube-node/core/provider'
import type { Entry, Login } from './ledger.ts'

const states: Readonly<Record<Entry['state'], Machine['state']>> = { creating: 'starting', made: 'running', removed: 'gone', gone: 'gone' }

export const machineOf = ({ name, owner, driver, state, leaving, createdAt, addresses, scope }: Entry): Machine => ({
  id: name,
  providerID: `docker-machine://${driver}/${name}`,
  owner,
  state: leaving === true && state === 'made' ? 'stopping' : states[state],
  createdAt,
  addresses,
  ...scope,
})

/** What `inspect` tells that every driver has. */
export interface Inspected {
  readonly Driver?: {
    readonly IPAddress?: string
    readonly PrivateIPAddress?: string
    readonly SSHUser?: string
    readonly SSHPort?: number
  }
}

const inside = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|127\.|f[cd])/i

export const addressesOf = ({ Driver: { IPAddress = '', PrivateIPAddress = '' } = {} }: Inspected): readonly MachineAddress[] => {
  const all = [...new Set([PrivateIPAddress, IPAddress])].filter(address => address !== '')
  return all.map(address => ({ type: inside.test(address) ? 'InternalIP' : 'ExternalIP', address }))
}

export const loginOf = ({ Driver: { IPAddress = '', SSHUser = '', SSHPort = 0 } = {} }: Inspected): Login => ({
  address: IPAddress,
  port: SSHPort || 22,
  user: SSHUser || 'root',
})
