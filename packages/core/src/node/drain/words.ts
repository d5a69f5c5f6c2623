import { type Node, annotations } from '../../api/index.ts'
import type { Attachment, Refusal } from '../facts.ts'
import { podName } from '../../claim/index.ts'
import { type Holder, whyLeaving } from './holders.ts'

/** So many names fit a condition that people still read. */
const mostNames = 5

const listed = (names: readonly string[]): string =>
  names.length > mostNames ? `${names.slice(0, mostNames).join(', ')} and ${names.length - mostNames} more` : names.join(', ')

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

export interface Words {
  readonly reason: string
  readonly message: string
}

/**
 * What a drain waits for, by pod and reason: "waits for 2 pods: default/a (ending), default/b (The disruption budget b needs 1
 * healthy pods and has 1 currently)". Pods that people can do something about come first.
 */
export const describeHolders = (node: Node, holders: readonly Holder[], refusals: ReadonlyMap<string, Refusal>, now: number): Words => {
  const refusalOf = ({ pod }: Holder): Refusal | undefined => refusals.get(pod.metadata?.uid ?? '')
  const rank = (holder: Holder): number => (holder.state === 'protected' ? 1 : holder.state === 'due' ? (refusalOf(holder) ? 0 : 3) : 2)
  const why = (holder: Holder): string => {
    if (holder.state === 'protected') return `annotation ${annotations.doNotDisrupt}`
    if (holder.state === 'leaving') return whyLeaving(holder.pod, node, now)
    return refusalOf(holder)?.why ?? (holder.critical ? 'critical: goes after the others' : 'to be evicted')
  }
  const sorted = holders.toSorted((a, b) => rank(a) - rank(b) || (podName(a.pod) < podName(b.pod) ? -1 : 1))
  const ranks = new Set(sorted.map(rank))
  return {
    reason: ranks.has(0) ? 'EvictionRefused' : ranks.size === 1 && ranks.has(1) ? 'DoNotDisrupt' : 'Evicting',
    message: `waits for ${counted(holders.length, 'pod')}: ${listed(sorted.map(holder => `${podName(holder.pod)} (${why(holder)})`))}`,
  }
}

export const describeAttachments = (attachments: readonly Attachment[]): string =>
  `waits for ${counted(attachments.length, 'volume')} to detach: ` +
  listed(attachments.map(({ volume, problem }) => (problem === undefined ? volume : `${volume} (${problem})`)).toSorted())
