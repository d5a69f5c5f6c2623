import { createHash } from 'node:crypto'
import type { NodeClassSpec } from '../api/index.ts'
import { canonicalJson } from './canonical.ts'

/** Names the way of hashing; a new way gets a new letter, so that an upgrade of kube-node never looks like a change of the class. */
const hashVersion = 'a'

/**
 * Hash of what a person wrote that makes a machine different: provider, merged config, bootstrap. Not labels or taints,
 * which change in place, not the zone that a set chose for one of its nodes, and not defaults that a schema fills in, which change
 * with a provider's version.
 */
export const revisionOf = (spec: NodeClassSpec, mergedConfig: Readonly<Record<string, unknown>>, restartedAt?: string): string => {
  const restart = restartedAt === undefined ? {} : { restartedAt }
  const content = canonicalJson({ provider: spec.provider, config: mergedConfig, bootstrap: spec.bootstrap ?? {}, ...restart })
  return hashed(hashVersion, content)
}

/** What a set calls the revisions of its classes together: of one class its revision, of several one name for all of theirs. */
export const revisionOfSet = (revisions: readonly [string, ...string[]]): string => {
  const [first] = revisions
  return revisions.length === 1 ? first : hashed(first.slice(0, 1), revisions.join(' '))
}

const hashed = (letter: string, content: string): string => letter + createHash('sha256').update(content).digest('hex').slice(0, 9)
