import { type FreezeRecord, freezeKey, freezeRecordOf, liftedData } from '@kube-node/core'
import { type ConfigMap, ConfigMaps, type Lease, Leases, defaultController, pathOf } from '@kube-node/core/api'
import type { Client, Json, KubeRequest, KubeResponse } from '@kube-node/core/kube'
import type { SimulatedCloud, SimulatedMachine } from '../cloud/index.ts'
import type { ApiServer } from '../server/index.ts'
import { systemNamespace } from './estate.ts'
import type { Life } from './life.ts'
import type { Restores } from './restores.ts'

/** Who is bound by a freeze of deletions: by what it has seen, by what is written, and by what it could have told by itself. */
export interface Freezes {
  /** A manager has its answer. */
  answered(life: Life, request: KubeRequest, response: KubeResponse, givenAt: number): void
  /** The API server has just been restored. */
  restored(): void
  /** The lease is gone, and with it what it told of the time before. */
  leaseGone(): void
  /** This life knows, or could have read when it began, that nothing is to be deleted because something is missing. */
  binds(life: Life): boolean
  /** That machine was made when, by the restored lease, nobody led, for a claim that is lost: whoever leads must see that. */
  isForgotten(machine: string): boolean
  /** A person has looked. Answers whether there was anything to lift. */
  lift(client: Client): Promise<boolean>
}

/** World time. */
interface Span {
  readonly from: number
  readonly to: number
}

const key = freezeKey(systemNamespace, defaultController)
const kindPath = pathOf(ConfigMaps, systemNamespace)
/** Core's margin between clocks, those of managers in here apart. */
const marginMs = 32_000

export const followFreezes = (server: ApiServer, cloud: SimulatedCloud, restores: Restores, now: () => number): Freezes => {
  const bornAt = new Map<Life, number>()
  const informed = new Set<Life>()
  /** World time of the lift that a life has read of. */
  const releasedAt = new Map<Life, number>()
  const forgotten = new Set<string>()
  let liftedAt = -Infinity
  let writtenAt: number | undefined

  const record = (): FreezeRecord | undefined => {
    // What is stored under this name is a ConfigMap: the cast at the border.
    const stored = server.store.get({ group: '', plural: ConfigMaps.plural }, key) as unknown as ConfigMap | undefined
    return stored && freezeRecordOf(stored)
  }
  const written = (): boolean => record()?.frozen === true
  /** A person has looked at what was made until then, and the backup remembers it. */
  const lookedAtUntil = (): number => {
    const there = record()
    return there?.frozen === false ? Date.parse(there.since) : -Infinity
  }
  // What is stored under this name is a Lease: the cast at the border.
  const storedLease = (): Lease | undefined =>
    server.store.get({ group: Leases.group, plural: Leases.plural }, { namespace: systemNamespace, name: 'kube-node' }) as unknown as
      | Lease
      | undefined
  const look = (): void => {
    if (!written()) writtenAt = undefined
    else writtenAt ??= now()
  }
  const isForgottenNow = ({ state, owner, createdAt }: SimulatedMachine, unled: readonly Span[]): boolean =>
    (state === 'starting' || state === 'running') &&
    owner !== undefined &&
    restores.lost(owner.claim) !== undefined &&
    unled.some(({ from, to }) => createdAt > from + marginMs && createdAt < to)

  return {
    answered(life, { path }, { status, body }, givenAt) {
      if (!bornAt.has(life)) bornAt.set(life, givenAt)
      look()
      if (status >= 300 || !path.startsWith(kindPath)) return
      if (freezeRecordOf(asConfigMap(body)).frozen) return void informed.add(life)
      if (givenAt < liftedAt) return
      informed.delete(life)
      releasedAt.set(life, liftedAt)
    },
    restored() {
      look()
      const unled = unledOf(storedLease())
      const lookedAt = lookedAtUntil()
      const known = new Set(restores.nodes().map(node => node.metadata?.uid))
      // Anew each time: a later restore may bring back what an earlier one took, or a lease that tells less than the earlier one's.
      forgotten.clear()
      for (const machine of cloud.machines()) {
        if (machine.createdAt <= lookedAt || known.has(machine.owner?.claim)) continue
        if (isForgottenNow(machine, unled)) forgotten.add(machine.id)
      }
    },
    leaseGone: () => forgotten.clear(),
    binds(life) {
      look()
      if (informed.has(life) || (writtenAt ?? Infinity) < (bornAt.get(life) ?? -Infinity)) return true
      return restores.witnessedAt(life) > (releasedAt.get(life) ?? -Infinity)
    },
    isForgotten: machine => forgotten.has(machine),
    async lift(client) {
      look()
      if (writtenAt === undefined) return false
      liftedAt = now()
      forgotten.clear()
      await client.patch(ConfigMaps, key, { merge: { data: { ...liftedData } } })
      return true
    },
  }
}

/** When nobody led, by what stands in that lease: since it was renewed, and in the times that leaders have noted on it. */
const unledOf = (lease: Lease | undefined): readonly Span[] => {
  const noted = lease?.metadata?.annotations?.['kube-node.dev/vacancies']?.split(' ') ?? []
  return [`${lease?.spec?.renewTime ?? ''}/`, ...noted].map(span => {
    const [from = '', to = ''] = span.split('/')
    return { from: Date.parse(from), to: to === '' ? Infinity : Date.parse(to) }
  })
}

// An answer under the path of ConfigMaps: the cast at the border.
const asConfigMap = (body: Json | undefined): ConfigMap => (body ?? {}) as unknown as ConfigMap
