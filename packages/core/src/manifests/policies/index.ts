import type { Manifest } from '../manifest.ts'
import type { ManifestOptions } from '../options.ts'
import { adoption } from './adoption.ts'
import { claims } from './claims.ts'
import { earlyDeleters, earlyDeletion } from './earlyDeletion.ts'
import { kubelets } from './kubelets.ts'
import { nodeSets } from './nodeSets.ts'
import { policyManifests } from './policy.ts'
import { unclaimedNodes } from './unclaimedNodes.ts'

/** The ValidatingAdmissionPolicies, each with its binding. */
export const policies = (options: ManifestOptions = {}): readonly Manifest[] =>
  [
    earlyDeletion(options.denyEarlyDeletion ?? earlyDeleters),
    kubelets(options.kubeletProviderIDs),
    claims,
    adoption,
    nodeSets,
    ...(options.guardUnclaimedNodes === true ? [unclaimedNodes] : []),
  ].flatMap(policyManifests)

export { earlyDeleters }
