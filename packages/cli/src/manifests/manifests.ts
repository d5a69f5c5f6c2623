import { type ManifestOptions, manifests } from '@kube-node/core/manifests'
import { stringify } from 'yaml'

/** All that must be installed in a cluster, for `kubectl apply -f -`: YAML documents. */
export const printManifests = (options: ManifestOptions = {}): string =>
  manifests(options)
    .map(object => `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`)
    .join('')
