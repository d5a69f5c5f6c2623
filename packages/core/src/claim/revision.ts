import { createHash } from 'node:crypto'
import type { NodeClassSpec } from '../api/index.ts'
import { canonicalJson } from './canonical.ts'

/** Names the way of hashing; a new way gets a new letter, so that an upgrade of kube-node never looks like a change of the class. */
const hashVersion = 'a'

/**
 * Hash of what a person wrote that makes a machine different: provider, merged config, bootstrap. Not labels or taints,
 * which change in place, and not defaults that a schema fills in, which change with a provider's version.
 */
export const revisionOf = (spec: NodeClassSpec, mergedConfig: Readonly<Record<string, unknown>>): string => {
  const content = canonicalJson({ provider: spec.provider, config: mergedConfig, bootstrap: spec.bootstrap ?? {} })
  return hashVersion + createHash('sha256').update(content).digest('hex').slice(0, 9)
}
