import type { ResourceDefinition } from '../schema/index.ts'

/** What a subresource takes and answers. `group` and `version` are absent where they are those of the kind itself. */
export interface Subresource {
  readonly name: string
  readonly group?: string
  readonly version?: string
  readonly kind: string
  readonly verbs: readonly string[]
}

const readWrite = ['get', 'patch', 'update']

/** Those whose body is another kind than the resource's, or that have other verbs. */
const foreign: Readonly<Record<string, Omit<Subresource, 'name'>>> = {
  binding: { kind: 'Binding', verbs: ['create'] },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: readWrite },
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] },
}

/** All that are served beside the resource, by name; custom kinds name status first. */
export const subresourcesOf = ({
  kind,
  subresources: { status, scale, others = [] },
  custom,
}: ResourceDefinition): readonly Subresource[] => {
  const names = [...(status ? ['status'] : []), ...(scale === undefined ? [] : ['scale']), ...others]
  return (custom ? names : names.toSorted()).map(name => ({
    name,
    ...(foreign[name] ?? { kind, verbs: name === 'finalize' ? ['update'] : readWrite }),
  }))
}
