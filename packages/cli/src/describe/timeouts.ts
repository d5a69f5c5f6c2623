import type { NodeClass } from '@kube-node/core/api'
import { type Duration, durationMs } from '@kube-node/core/runtime'

/** Milliseconds. What a class that can't be asked says is the defaults. */
export const timeoutsOf = (
  nodeClass: NodeClass | 'missing' | 'unreadable',
): Readonly<Record<'provisionMs' | 'joinMs' | 'drainMs', number>> => {
  const { provision, join, drain } = (typeof nodeClass === 'string' ? undefined : nodeClass.spec.timeouts) ?? {}
  const or = (duration: Duration | undefined, usual: Duration): number => durationMs(duration ?? usual)
  return { provisionMs: or(provision, '15m'), joinMs: or(join, '15m'), drainMs: or(drain, '1h') }
}
