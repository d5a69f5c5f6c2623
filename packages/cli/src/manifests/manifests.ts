import { crds } from '@kube-node/core/api'
import { stringify } from 'yaml'

/** All that must be installed in a cluster, for `kubectl apply -f -`: YAML documents. */
export const manifests = (): string =>
  crds()
    .map(crd => `---\n${stringify(crd, { lineWidth: 0, aliasDuplicateObjects: false })}`)
    .join('')
