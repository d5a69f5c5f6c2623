import { type ConfigMap, nameForController } from '../../api/index.ts'
import { type Key, compareVersions } from '../../kube/index.ts'

/**
 * What stands in the ConfigMap that outlives every process. It is never deleted: that a person has lifted a freeze must be known to
 * whoever leads next and has seen the reason of it.
 */
export interface FreezeRecord {
  /** Whatever its `state` is but `lifted` freezes: a slip of the pen must not thaw. */
  readonly frozen: boolean
  /** RFC 3339: when it was written that all is frozen. Empty where a person has left it out. */
  readonly since: string
  readonly why: string
  /** The ConfigMap's resourceVersion. */
  readonly version: string
}

/** Why an API server is believed to have been restored from a backup. */
export type Evidence =
  /** It was at this version when it turned out to know less than it did. */
  | { readonly kind: 'version'; readonly version: string }
  /** A machine of ours that it does not know was made at that time (milliseconds), in which, by the lease, nobody led. */
  | { readonly kind: 'machine'; readonly madeAt: number; readonly machine: string }

/** Where the freeze of a controller (`spec.controller`) is written, in the namespace of its options. */
export const freezeKey = (namespace: string, controller: string): Required<Key> => ({
  namespace,
  name: nameForController('kube-node-freeze', controller),
})

export const freezeRecordOf = ({ metadata, data = {} }: ConfigMap): FreezeRecord => ({
  frozen: data['state']?.trim() !== 'lifted',
  since: data['since'] ?? '',
  why: data['why'] ?? '',
  version: metadata?.resourceVersion ?? '0',
})

export const frozenData = (since: string, why: string): Readonly<Record<string, string>> => ({ state: 'frozen', since, why })

/** What a person writes over the data of a freeze. The rest stays: it tells what was lifted. */
export const liftedData: Readonly<Record<string, string>> = { state: 'lifted' }

/**
 * Has a person lifted what this shows? A version tells what was written after the restore, on nobody's clock; a machine that was
 * found out was made before that was written.
 */
export const isLifted = (evidence: Evidence, record: FreezeRecord | undefined): boolean => {
  if (!record || record.frozen) return false
  return evidence.kind === 'version' ? compareVersions(record.version, evidence.version) > 0 : evidence.madeAt <= Date.parse(record.since)
}

export const wordsOf = (evidence: Evidence): string => {
  const seen =
    evidence.kind === 'version'
      ? 'the API server knows less than it did'
      : `machine ${evidence.machine} was made when, by the lease, nobody led, and the API server does not know of it`
  return (
    `${seen}, as after a restore from a backup: no machine is deleted for want of a Node, and no Node for want of a machine, ` +
    'until somebody has looked and lifts it (kube-node thaw)'
  )
}
