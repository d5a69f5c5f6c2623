import type { MachineManifest, ProviderWorld } from '@kube-node/testing/conformance'
import { brook } from '../src/index.ts'
import { type FakeBrook, fakeBrook, pageSize, token } from './fake-brook.ts'

/** What we promise, and what our fake can show. The suite checks both against the provider. */
export const manifest: MachineManifest = {
  name: 'brook',
  idempotency: 'token',
  bootstrap: 'user-data',
  credentials: true,
  maxUserData: 32_768,
  methods: ['get'],
  pageSize,
  cloud: [
    'machines',
    'userData',
    'createForeign',
    'loseAnswer',
    'hang',
    'stockout',
    'exhaustQuota',
    'throttle',
    'outage',
    'garble',
    'refusedCredentials',
    'impossibleConfig',
  ],
}

/** A fresh Brook for each test. */
export const world = async (): Promise<ProviderWorld> => {
  const fake = await fakeBrook()
  return {
    provider: brook({ url: fake.url }),
    config: { location: 'ber1' },
    credentials: { token },
    cloud: {
      machines: () => [...fake.servers.values()].filter(({ status }) => status === 'building' || status === 'active'),
      userData(id) {
        const text = fake.servers.get(id)?.userData
        return text === undefined ? undefined : Buffer.from(text, 'base64')
      },
      createForeign: () => fake.add({ project: 'another' }).id,
      loseAnswer(operation) {
        fake.next = { operation, fate: 'cut' }
      },
      hang(operation) {
        fake.next = { operation, fate: 'hang' }
      },
      stockout: () => refusing(fake, { code: 'sold_out', message: 'b2 is sold out in ber1', location: 'ber1', type: 'b2' }),
      exhaustQuota: () => refusing(fake, { code: 'quota_exceeded', message: 'the project may have 10 servers' }),
      throttle() {
        fake.refusal = () => [429, { code: 'rate_limited', message: 'slow down', retry_after_ms: 100 }]
        return { retryAfterMs: 100, lift: () => void (fake.refusal = undefined) }
      },
      outage() {
        fake.down = true
        return () => void (fake.down = false)
      },
      garble() {
        fake.proxied = true
        return () => void (fake.proxied = false)
      },
      refusedCredentials: { token: 'brk_of_somebody_else' },
      impossibleConfig: { location: 'ber1', type: 'b1024' },
    },
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  }
}

/** Creates are refused like this until it is taken back. */
const refusing = (fake: FakeBrook, error: NonNullable<ReturnType<NonNullable<FakeBrook['refusal']>>>[1]): (() => void) => {
  fake.refusal = operation => (operation === 'create' ? [403, error] : undefined)
  return () => void (fake.refusal = undefined)
}
