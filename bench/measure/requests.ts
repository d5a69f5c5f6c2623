import type { Audited } from '../../e2e/control-plane/index.ts'

/** Who makes requests, as the bench tells them apart. */
export type Client = 'kube-node' | 'kubelets' | 'raw' | 'kube-controller-manager' | 'other'

/** How many requests of each kind: `<client> <verb> <resource>[/<subresource>]`. */
export type Requests = ReadonlyMap<string, number>

export const clientOf = ({ user, userAgent = '' }: Audited): Client => {
  if (user.username === 'controller') return 'kube-node'
  if (userAgent.startsWith('bench-kubelets')) return 'kubelets'
  if (userAgent.startsWith('bench-raw')) return 'raw'
  // Each of its controllers has a service account of its own.
  return userAgent.startsWith('kube-controller-manager') ? 'kube-controller-manager' : 'other'
}

const reads: ReadonlySet<string> = new Set(['get', 'list', 'watch'])

/** Counts what it is told. */
export const createTally = (): { readonly count: (audited: Audited) => void; readonly take: () => Requests } => {
  let requests = new Map<string, number>()
  return {
    count: audited => {
      const { resource = 'none', subresource } = audited.objectRef ?? {}
      const key = `${clientOf(audited)} ${audited.verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`
      requests.set(key, (requests.get(key) ?? 0) + 1)
    },
    take: () => {
      const taken = requests
      requests = new Map()
      return taken
    },
  }
}

export interface Sums {
  /** For single nodes. */
  readonly writes: number
  /** Of sets and classes, and of what belongs to them: some for all nodes together. Leases are nobody's. */
  readonly setWrites: number
  readonly reads: number
  readonly events: number
}

const ofSets: ReadonlySet<string> = new Set(['nodesets/status', 'nodeclasses/status', 'controllerrevisions'])

/** What one client has asked for. */
export const sumsOf = (requests: Requests, client: Client): Sums => {
  const sums = { writes: 0, setWrites: 0, reads: 0, events: 0 }
  for (const [key, n] of requests) {
    const [who, verb = '', resource = ''] = key.split(' ')
    if (who !== client) continue
    if (reads.has(verb)) sums.reads += n
    else if (resource === 'events') sums.events += n
    else if (ofSets.has(resource)) sums.setWrites += n
    else if (resource !== 'leases') sums.writes += n
  }
  return sums
}

export const joined = (a: Requests, b: Requests): Requests => {
  const sum = new Map(a)
  for (const [key, n] of b) sum.set(key, (sum.get(key) ?? 0) + n)
  return sum
}
