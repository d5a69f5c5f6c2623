import { type FakeGoogle, type FakeGoogleOptions, keyFiles, refused, startGoogle } from '@kube-node/google-fake'
import type { MachineManifest, ProviderWorld } from '@kube-node/testing/conformance'
import { type GceOptions, gce } from '../src/index.ts'

const keyFile = keyFiles('my-project-1')

/** The entries of a Secret with the key of such an account. */
export const secretOf = (account: string): { readonly serviceAccountKey: string } => ({ serviceAccountKey: keyFile(account) })

const pageSize = 3
const machineType = 'e2-standard-2'
const image = { family: 'ubuntu-2404-lts', project: 'my-project-1' }

export interface GceWorld extends ProviderWorld {
  readonly google: FakeGoogle
}

export const gceWorld = async (options: Pick<GceOptions, 'nodeNames'> = {}, fake: FakeGoogleOptions = {}): Promise<GceWorld> => {
  const google = await startGoogle({ pageSize, ...fake })
  google.family(image.family, 'ubuntu-2404-v20261101')
  google.refuse('stranger')
  const [zone = ''] = google.zones
  const config = { project: google.project, zone, machineType, image }
  return {
    google,
    provider: gce({ ...options, endpoint: google.url }),
    config,
    credentials: secretOf('controller'),
    cloud: {
      machines: async () =>
        google
          .vms()
          .filter(({ status }) => status !== 'STOPPING')
          .map(({ id }) => ({ id })),
      async userData(id) {
        const items = google.vms().find(vm => vm.id === id)?.items ?? []
        const value = items.find(({ key }) => key === 'user-data')?.value
        const encoding = items.find(({ key }) => key === 'user-data-encoding')?.value
        return value === undefined ? undefined : Buffer.from(value, encoding === 'base64' ? 'base64' : 'utf8')
      },
      createForeign: async () => google.make(`foreign-${google.vms().length}`).id,
      adoptable: async () => `gce://${google.project}/${zone}/${google.make(`veteran-${google.vms().length}`, zone).name}`,
      loseAnswer: operation => google.next(methods[operation], 'lost'),
      hang: operation => google.next(methods[operation], 'hang'),
      stockout: () =>
        google.failing((zone, type) => ({
          code: 'ZONE_RESOURCE_POOL_EXHAUSTED',
          message: `The zone 'projects/${google.project}/zones/${zone}' does not have enough resources available for ${type}.`,
        })),
      exhaustQuota: () =>
        google.answering(method =>
          method === 'instances.insert'
            ? refused(403, 'quotaExceeded', "Quota 'CPUS' exceeded.  Limit: 24.0 in region europe-west1.")
            : undefined,
        ),
      throttle: () => ({
        lift: google.answering(() =>
          refused(403, 'rateLimitExceeded', "Quota exceeded for quota metric 'Queries'", { 'retry-after': '7' }),
        ),
        retryAfterMs: 7_000,
      }),
      outage: () => google.answering(() => 'cut'),
      garble: () => google.answering(() => ({ status: 502, body: '<html><body><h1>502 Bad Gateway</h1></body></html>' })),
      hideScope() {
        google.hide(zone)
        return { zone }
      },
      refusedCredentials: secretOf('stranger'),
      impossibleConfig: { ...config, machineType: 'z99-enormous' },
    },
    [Symbol.asyncDispose]: () => google[Symbol.asyncDispose](),
  }
}

const methods = { create: 'instances.insert', list: 'instances.aggregatedList', delete: 'instances.delete' } as const

export const gceManifest: MachineManifest = {
  name: 'gce',
  idempotency: 'token',
  bootstrap: 'user-data',
  credentials: 'optional',
  maxUserData: 196_608,
  methods: ['account', 'adopt', 'capacity', 'drift', 'get', 'interruptions', 'resolve'],
  pageSize,
  cloud: [
    'machines',
    'userData',
    'createForeign',
    'adoptable',
    'loseAnswer',
    'hang',
    'stockout',
    'exhaustQuota',
    'throttle',
    'outage',
    'garble',
    'hideScope',
    'refusedCredentials',
    'impossibleConfig',
  ],
}
