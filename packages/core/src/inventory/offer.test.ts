import { z } from 'zod'
import { describe, expect, it } from 'vitest'
import type { NodeClass } from '../api/index.ts'
import { defineProvider } from '../provider/index.ts'
import { offerOf, revisionOfOffer } from './offer.ts'
import { createProviders } from './providers.ts'

const common = {
  config: z.object({ zone: z.string().default('any'), size: z.string().default('s') }),
  connection: [],
  idempotency: 'token',
  bootstrap: 'none',
  consistencyWindow: '1s',
  connect: () => {
    throw new Error('nobody connects here')
  },
} as const
const providers = createProviders([
  defineProvider({ ...common, name: 'zonal', zone: 'zone' }),
  defineProvider({ ...common, name: 'plain' }),
])
const classOf = (provider: string): NodeClass => ({ metadata: { name: 'small' }, spec: { provider, config: { size: 'm' } } })
const offer = (provider: string, template: Parameters<typeof offerOf>[3]) => offerOf('small', classOf(provider), providers, template)

describe('an offer', () => {
  it('places a machine by the key that the provider names, and that makes no other revision', () => {
    const [here, there, anywhere] = [offer('zonal', { zone: 'a' }), offer('zonal', { zone: 'b' }), offer('zonal', {})]
    if (here.problem || there.problem || anywhere.problem) throw new Error('it offers nothing')
    expect(here.config).toEqual({ zone: 'a', size: 'm' })
    expect([there, anywhere].map(revisionOfOffer)).toEqual([revisionOfOffer(here), revisionOfOffer(here)])
  })

  it('of a provider that can be told no zone says so', () => {
    expect(offer('plain', { zone: 'a' })).toEqual({
      problem: { reason: 'InvalidConfig', message: "provider plain can't be told a zone: take spec.zones out of the NodeSet" },
    })
  })

  it('is of another revision after a restart was asked for', () => {
    const [before, after] = [offer('plain', {}), offer('plain', { restartedAt: 'now' })]
    if (before.problem || after.problem) throw new Error('it offers nothing')
    expect(revisionOfOffer(after)).not.toBe(revisionOfOffer(before))
  })
})
