import type { GroupProvider } from '@kube-node/core/provider'
import { type FakeGoogle, type FakeGoogleOptions, containerRefused, keyFiles, startGoogle } from '@kube-node/google-fake'
import type { GroupManifest, GroupWorld } from '@kube-node/testing/conformance'
import { gkeNodePools } from '../src/index.ts'

const keyFile = keyFiles('my-project-1')

/** The entries of a Secret with the key of such an account. */
export const secretOf = (account: string): { readonly serviceAccountKey: string } => ({ serviceAccountKey: keyFile(account) })

const pageSize = 2

export interface GkeWorld extends GroupWorld {
  readonly google: FakeGoogle
}

/** A cluster in several zones, whose pools are in the first one unless the test says otherwise. */
export const gkeWorld = async (fake: FakeGoogleOptions = {}): Promise<GkeWorld> => {
  const google = await startGoogle({ pageSize, ...fake })
  google.refuse('stranger')
  const { gke, project } = google
  const [zone = ''] = google.zones
  const config = { project, location: gke.location, cluster: gke.cluster, zones: [zone], machineType: 'e2-standard-2' }
  let made = 0
  return {
    google,
    provider: atOnce(gkeNodePools({ endpoints: { container: google.containerUrl, compute: google.url } })),
    config,
    credentials: secretOf('controller'),
    cloud: {
      createGroup({ size, max }) {
        const autoscaling = max === undefined ? undefined : { enabled: true, minNodeCount: 0, maxNodeCount: max }
        return gke.makePool(`theirs-${++made}`, size, { zones: [zone], ...(autoscaling && { autoscaling }) }).name
      },
      truth(id) {
        if (!gke.pool(id)) return undefined
        const members = gke.vmsOf(id).filter(({ status }) => status !== 'STOPPING')
        return { size: gke.sizeOf(id), members: members.map(vm => vm.id) }
      },
      resize: (id, size) => gke.resize(id, size),
      busy: id => gke.working('UPGRADE_NODES', id),
      loseAnswer: operation => google.next(methods[operation], 'lost'),
      throttle: () =>
        google.answering(() =>
          containerRefused(429, 'rateLimitExceeded', 'RESOURCE_EXHAUSTED', "Quota exceeded for quota metric 'Requests'"),
        ),
      outage: () => google.answering(() => 'cut'),
      hideScope() {
        google.hide(zone)
        return { zone }
      },
      refusedCredentials: secretOf('stranger'),
      impossibleConfig: parsedOf({ ...config, machineType: 'z99-enormous' }),
    },
    [Symbol.asyncDispose]: () => google[Symbol.asyncDispose](),
  }
}

const methods = {
  resize: 'nodePools.setSize',
  remove: 'instanceGroupManagers.deleteInstances',
  create: 'nodePools.create',
  destroy: 'nodePools.delete',
} as const

/** The fake shows at once what Google may show late. */
const atOnce = (provider: GroupProvider): GroupProvider => ({
  ...provider,
  definition: { ...provider.definition, consistencyWindow: '0s' },
})

/** With defaults filled in. */
export const parsedOf = (given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const read = gkeNodePools().definition.config['~standard'].validate(given)
  if (read instanceof Promise || read.issues) throw new Error(`the config is refused: ${JSON.stringify(read)}`)
  return read.value
}

export const gkeManifest: GroupManifest = {
  name: 'gke-node-pools',
  credentials: true,
  pageSize,
  methods: ['account', 'create', 'destroy'],
  cloud: ['busy', 'hideScope', 'impossibleConfig', 'loseAnswer', 'outage', 'refusedCredentials', 'throttle'],
}
