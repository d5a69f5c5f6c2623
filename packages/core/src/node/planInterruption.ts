import { announcedEnd } from '../claim/index.ts'
import type { Mirror, NodeFacts } from './facts.ts'
import { type NodeStep, atLatestAfter } from './step.ts'

/** Timers of hosts end after 24 days. */
const longestMs = 86_400_000
const frozenMs = 30_000

/**
 * A Node whose machine the cloud takes away ends in time for its drain, whoever made it: its set replaces it, and nobody else would.
 * Until then what is planned otherwise goes on; a set may replace it earlier.
 */
export const heedAnnouncement = ({ node, now, timeouts }: NodeFacts, mirror: Mirror, otherwise: () => NodeStep): NodeStep => {
  const end = announcedEnd(node)
  if (end?.at === undefined) return otherwise()
  const inMs = Date.parse(end.at) - timeouts.drainMs - now.wall
  if (inMs > 0) return atLatestAfter(Math.min(inMs, longestMs), otherwise())
  if (mirror.frozen !== undefined || mirror.distrusted !== undefined) return atLatestAfter(frozenMs, otherwise())
  return { do: 'end', reason: 'Interrupted', message: `its machine goes at ${end.at} (${end.reason}); the Node is drained before that` }
}
