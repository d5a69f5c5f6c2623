import { isDeepStrictEqual } from 'node:util'
import { type Call, type DurableStore, type MachineAddress, type Owner, ProviderError, type Scope } from '@kube-node/core/provider'
import { type Host, createTimeoutMs } from './config.ts'

/** What is known of a machine, from before it is made until nothing is left of it. */
export interface Entry {
  /** Its name at docker-machine: a function of claim and attempt. */
  readonly name: string
  readonly owner: Owner
  readonly driver: string
  /**
   * - `creating`: the program may have been started, and may have made it;
   * - `made`: it is there;
   * - `removed`: it is gone, and what was kept of it is not yet;
   * - `gone`: nothing is left of it but this line, by which a create that comes late is told so.
   */
  readonly state: 'creating' | 'made' | 'removed' | 'gone'
  /** Of `removed`: no create ever made it, so another one of the same attempt may. */
  readonly neverMade?: boolean
  /** Of `gone`: since when. Milliseconds since 1970. */
  readonly goneAt?: number
  /** Its removal was asked for. */
  readonly leaving?: boolean
  /** RFC 3339. */
  readonly createdAt: string
  /** The folder of the controller in which the program was started. */
  readonly storage: string
  /** Of a pool. */
  readonly host?: Host
  /** The host may carry this machine's mark. */
  readonly marked?: boolean
  /** How to log in. */
  readonly login?: Login
  readonly addresses: readonly MachineAddress[]
  /** What it is, in the words of the class. */
  readonly scope: Scope
  readonly ssh: { readonly folder: string; readonly clean: readonly string[] }
}

export interface Login {
  readonly address: string
  readonly port: number
  readonly user: string
  /** The fingerprint that was seen first, or that the class asks for. */
  readonly hostKey?: string | undefined
}

/** Names of machines to what is known of them. */
export type Machines = Readonly<Record<string, Entry>>

/**
 * All machines of a connection in one document: which host serves which claim is decided by one compare-and-swap, so that two leaders
 * can't give one host away twice.
 */
export interface Ledger {
  read(call: Call): Promise<Machines>
  /** Changes it, again when somebody else wrote in between. Answers what stands there then. */
  change(call: Call, edit: (machines: Machines) => Machines): Promise<Machines>
}

const key = 'machines'

export const createLedger = (store: DurableStore): Ledger => {
  const load = async (call: Call): Promise<{ machines: Machines; version: string }> => {
    const found = await store.get(key, call)
    call.signal.throwIfAborted()
    // We alone write this document: the cast at the border.
    return { machines: found ? (JSON.parse(Buffer.from(found.bytes).toString()) as Machines) : {}, version: found?.version ?? 'absent' }
  }

  return {
    read: async call => (await load(call)).machines,
    async change(call, edit) {
      for (;;) {
        const { machines, version } = await load(call)
        const edited = edit(machines)
        if (edited === machines) return machines
        try {
          await store.put(key, Buffer.from(JSON.stringify(edited)), { version }, call)
          return edited
        } catch (error) {
          // Each time around somebody else's change is in: it goes on.
          if (!ProviderError.is(error) || error.code !== 'Busy') throw error
        }
      }
    },
  }
}

/** Writes over what is known of one machine; nothing where it is not known any more, is gone for good, or all of it is so already. */
export const amended =
  (name: string, amendment: Partial<Entry>) =>
  (machines: Machines): Machines => {
    const entry = machines[name]
    if (!entry || entry.state === 'gone') return machines
    const edited = { ...entry, ...amendment }
    return isDeepStrictEqual(edited, entry) ? machines : { ...machines, [name]: edited }
  }

/**
 * For how long it is known of a machine that it is gone. A create of it may be under way all the time: in a life that was paused, whose
 * call is then ended by its own timeout. Milliseconds.
 */
export const rememberedForMs: number = 2 * createTimeoutMs

/** A line that only says that the machine is gone; lines of others that nobody can ask for any more are left out. */
export const buried =
  (name: string, now: number) =>
  (machines: Machines): Machines => {
    const { [name]: entry, ...others } = machines
    if (!entry || entry.state === 'gone') return machines
    const kept = Object.entries(others).filter(([, { goneAt = now }]) => now - goneAt < rememberedForMs)
    const { host: _host, marked: _marked, login: _login, leaving: _leaving, ...rest } = entry
    return { ...Object.fromEntries(kept), [name]: { ...rest, state: 'gone', goneAt: now, addresses: [] } }
  }

/** Whether there is something of it still. */
export const isLiving = ({ state }: Pick<Entry, 'state'>): boolean => state === 'creating' || state === 'made'

/** Takes a line out, as if it had never been there. The one that says that its machine is gone stays. */
export const without =
  (name: string) =>
  (machines: Machines): Machines => {
    const { [name]: entry, ...rest } = machines
    return !entry || entry.state === 'gone' ? machines : rest
  }
