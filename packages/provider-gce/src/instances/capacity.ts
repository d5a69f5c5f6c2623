import { type Call, ProviderError } from '@kube-node/core/provider'
import type { Google } from '../google/index.ts'
import { typesOf, zonesOf } from './config.ts'
import type { GceConfig } from './config.types.ts'
import { describedImage } from './images.ts'
import type { MachineType } from './resources.ts'

export type Capacity = Readonly<Record<string, string>>

/** By zone and name. A type never changes, so one is asked for once. */
export type KnownTypes = Map<string, MachineType>

/** What kubelet takes where nobody says another number; a network of Google's sets no lower one. */
const mostPods = 110

/** What a machine of the class has, before anything is reserved of it; of several types, what each of them has at least. */
export const capacityFor = async (google: Google, known: KnownTypes, config: GceConfig, call: Call): Promise<Capacity> => {
  const types: MachineType[] = []
  for (const type of typesOf(config)) types.push(await typeOf(google, known, type, config, call))
  const diskGiB = config.bootDisk.sizeGiB ?? Number((await describedImage(google, config, call)).diskSizeGb)
  return capacityOf(types, diskGiB)
}

/** Pure. @throws ProviderError `Internal` for types that Google describes by halves. */
export const capacityOf = (types: readonly MachineType[], diskGiB: number): Capacity => {
  const least = (what: string, amounts: readonly (number | undefined)[]): number => {
    const amount = Math.min(...amounts.map(each => each ?? Number.NaN))
    if (!Number.isFinite(amount)) throw new ProviderError('Internal', `Google describes a machine type without its ${what}`)
    return amount
  }
  return {
    cpu: String(
      least(
        'CPUs',
        types.map(({ guestCpus }) => guestCpus),
      ),
    ),
    memory: `${least(
      'memory',
      types.map(({ memoryMb }) => memoryMb),
    )}Mi`,
    pods: String(mostPods),
    ...(diskGiB > 0 && { 'ephemeral-storage': `${diskGiB}Gi` }),
  }
}

/** Not every zone has every type, and where it is it is the same. */
const typeOf = async (google: Google, known: KnownTypes, type: string, config: GceConfig, call: Call): Promise<MachineType> => {
  for (const zone of zonesOf(config)) {
    const path = `projects/${config.project}/zones/${zone}/machineTypes/${type}`
    const found = known.get(path) ?? (await google.ask<MachineType>('machineTypes.get', { method: 'GET', path }, call).catch(absent))
    if (!found) continue
    known.set(path, found)
    return found
  }
  throw new ProviderError('InvalidConfig', `machine type ${type} is in none of ${zonesOf(config).join(', ')}`)
}

const absent = (error: unknown): undefined => {
  if (!ProviderError.is(error) || error.code !== 'NotFound') throw error
  return undefined
}
