/**
 * Which rooms (folders directly under a package's src) a room may import from. Nobody imports upwards: a room names only
 * rooms above it in this list, and a package's own top-level files may use every room.
 */
export const roomsOf: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  core: {
    runtime: [],
    x509: [],
    api: ['runtime'],
    provider: ['runtime'],
    kube: ['runtime', 'api'],
    claim: ['runtime', 'api'],
    manifests: ['runtime', 'api'],
    engine: ['runtime', 'api', 'kube'],
    inventory: ['runtime', 'api', 'provider', 'kube', 'claim', 'engine'],
    bootstrap: ['runtime', 'api', 'provider', 'kube', 'claim', 'engine', 'inventory'],
    identity: ['runtime', 'x509', 'api', 'provider', 'kube', 'claim', 'engine', 'inventory', 'bootstrap'],
    node: ['runtime', 'api', 'provider', 'kube', 'claim', 'engine', 'inventory', 'bootstrap', 'identity'],
    nodeset: ['runtime', 'api', 'provider', 'kube', 'claim', 'engine', 'inventory', 'bootstrap', 'identity'],
  },
  testing: {
    clock: [],
    server: ['clock'],
    cloud: ['clock', 'server'],
    cluster: ['clock', 'server', 'cloud'],
    conformance: ['clock'],
    simulation: ['clock', 'server', 'cloud', 'cluster'],
  },
  'provider-aws': {
    aws: [],
    schema: ['aws'],
    events: ['aws'],
    ec2: ['aws', 'schema', 'events'],
    asg: ['aws', 'schema', 'ec2'],
  },
  'provider-gce': {
    google: [],
    events: ['google'],
    instances: ['google', 'events'],
  },
}

export interface PackageLaw {
  /** Other packages of ours that its sources may import. */
  readonly ours: RegExp
  /** Those that its tests may import besides. */
  readonly inTests?: RegExp
  /** Those that it may load lazily (`import()`) and for their types only. */
  readonly lazily?: RegExp
}

const nothing = /^$/

export const lawOf = (folder: string): PackageLaw => {
  if (folder === 'core') return { ours: nothing }
  if (folder === 'testing') return { ours: /^@kube-node\/core(\/|$)/ }
  if (folder === 'cli') return { ours: /^@kube-node\/(?!testing(\/|$))/, lazily: /^@kube-node\/testing\// }
  if (folder === 'provider-gke-nodepool')
    return { ours: /^@kube-node\/(core\/provider|provider-gce\/(google|instances))$/, inTests: /^@kube-node\/(core|testing)(\/|$)/ }
  if (folder.startsWith('provider-')) return { ours: /^@kube-node\/core\/provider$/, inTests: /^@kube-node\/(core|testing)(\/|$)/ }
  return { ours: nothing }
}

/** Programs that only one room may load: the import of client-node costs half a second, two undicis are two connection pools. */
export const keptInOneRoom: Readonly<Record<string, RegExp>> = {
  '@kubernetes/client-node': /\/packages\/(core\/src\/kube|cli\/src)\//,
  undici: /\/packages\/core\/src\/kube\//,
}
