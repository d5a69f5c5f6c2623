import { crds, nameOf } from '../api/index.ts'
import type { Manifest } from './manifest.ts'
import { type ManifestOptions, type ManifestPart, manifestParts } from './options.ts'
import { policies } from './policies/index.ts'
import { rbac } from './rbac.ts'

/** All that a cluster needs for kube-node, in an order in which it can be applied; the same objects at every call. */
export const manifests = (options: ManifestOptions = {}): readonly Manifest[] => {
  const wanted = options.only ?? manifestParts
  return manifestParts.filter(part => wanted.includes(part)).flatMap(part => build[part](options))
}

const build: Readonly<Record<ManifestPart, (options: ManifestOptions) => readonly Manifest[]>> = {
  crds: () =>
    crds().map(crd => ({
      ...crd,
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { ...crd.metadata, name: nameOf(crd) },
    })),
  rbac,
  policies,
}
