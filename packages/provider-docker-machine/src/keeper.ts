import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Call, type DurableStore, ProviderError } from '@kube-node/core/provider'
import { type Read, digestOf, pack, packedNothing, packs, textOf, unpack, versionOf } from './files.ts'
import type { Entry } from './ledger.ts'
import { machineFolder } from './program.ts'
import { isWhole } from './traceable.ts'

/** Keeps what the program knows of each machine, keys and certificates included, where it outlives this computer. */
export interface Keeper {
  /** Writes all of it down. @throws ProviderError `Busy` while somebody writes there */
  keep(folder: string, entry: Entry, call: Call): Promise<void>
  /** The same while a create is at work, when its configuration has changed: it may know by then which machine it has made. */
  keepChanges(folder: string, entry: Entry, call: Call): Promise<void>
  /** Of what nothing is kept yet, that there is nothing to keep: a person may give it up then. */
  keepPlace(folder: string, entry: Entry, call: Call): Promise<void>
  /** Writes it out where the program's configuration of the machine is not there, or torn. Not for two at a time. */
  restore(folder: string, name: string, call: Call): Promise<void>
  /** A person has emptied it: the machine is gone, or nobody's concern any more. */
  isGivenUp(name: string, call: Call): Promise<boolean>
  remove(name: string, call: Call): Promise<void>
  /** The private key that the program has made for a machine. */
  keyOf(folder: string, name: string): Promise<string | undefined>
}

/** Within its folder. */
const configurationOf = (name: string): string => join('machines', name, 'config.json')

const keyFor = (name: string): string => `machine-${name}`

export const createKeeper = (store: DurableStore, read: Read = path => readFile(path)): Keeper => {
  const keptVersions = new Map<string, string>()

  /** False: somebody writes there. */
  const keepIfWhole = async (folder: string, { name, owner }: Entry, call: Call): Promise<boolean> => {
    const bytes = await pack(folder, read)
    if (bytes === undefined || !packs(bytes, configurationOf(name))) return false
    const there = await store.get(keyFor(name), call)
    if (there && digestOf(there.bytes) === digestOf(bytes)) return true
    await store.put(keyFor(name), bytes, { version: there?.version ?? 'absent', claim: owner.claim }, call)
    return true
  }

  return {
    async keep(folder, entry, call) {
      if (await keepIfWhole(folder, entry, call)) return
      throw new ProviderError('Busy', `somebody writes down what is known of ${entry.name} just now`, { outcome: 'unknown' })
    },
    async keepChanges(folder, entry, call) {
      const version = await versionOf(join(machineFolder(folder, entry.name), 'config.json'))
      if (version === undefined || keptVersions.get(entry.name) === version) return
      if (!(await keepIfWhole(folder, entry, call))) return
      keptVersions.set(entry.name, version)
    },
    async keepPlace(folder, { name, owner }, call) {
      if (await store.get(keyFor(name), call)) return
      await store.put(keyFor(name), packedNothing(folder), { version: 'absent', claim: owner.claim }, call)
    },
    async restore(folder, name, call) {
      if (await isWhole(name, folder)) return
      const there = await store.get(keyFor(name), call)
      if (there && there.bytes.length > 0 && packs(there.bytes, configurationOf(name))) await unpack(there.bytes, folder)
    },
    async isGivenUp(name, call) {
      const there = await store.get(keyFor(name), call)
      return there !== undefined && there.bytes.length === 0
    },
    async remove(name, call) {
      keptVersions.delete(name)
      const there = await store.get(keyFor(name), call)
      if (there) await store.remove(keyFor(name), { version: there.version }, call)
    },
    keyOf: (folder, name) => textOf(join(machineFolder(folder, name), 'id_rsa')),
  }
}
