import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { NodeClass } from '../api/index.ts'
import type { RevisionContent } from '../claim/index.ts'
import { defineProvider } from '../provider/index.ts'
import { keptOfferOf, offerIn } from './keptOffer.ts'
import { offerOf, revisionOfOffer } from './offer.ts'
import { createProviders } from './providers.ts'

const providers = createProviders([
  defineProvider({
    name: 'placed',
    zone: 'zone',
    config: z.object({ zone: z.string().optional(), size: z.string(), image: z.string().optional() }),
    connection: [],
    idempotency: 'token',
    bootstrap: 'none',
    consistencyWindow: '1s',
    connect: () => {
      throw new Error('nobody connects here')
    },
  }),
])

const then: NodeClass = {
  metadata: { name: 'small' },
  spec: { provider: 'placed', config: { size: 's', image: 'good' }, bootstrap: { commands: ['echo first'] } },
}
const today: NodeClass = {
  metadata: { name: 'small' },
  spec: { provider: 'placed', config: { size: 'xl' }, secretRef: { namespace: 'n', name: 'new' }, limits: { nodes: 3 } },
}
const overlay = { config: { size: 'm' }, restartedAt: '2026-01-01T00:00:00Z' }
const before = offerOf('small', then, providers, overlay)
const revision = before.problem ? '' : revisionOfOffer(before)
const content: RevisionContent = {
  classes: [{ name: 'small', revision, provider: 'placed', config: { size: 's', image: 'good' }, bootstrap: { commands: ['echo first'] } }],
  template: overlay,
}
const kept = { name: 'workers-1', content }

describe('an offer of a revision that was kept', () => {
  it('makes the very machine of then, with the credentials, limits and labels of today', () => {
    const offer = keptOfferOf(kept, today, providers, { labels: { tier: 'web' }, config: { size: 'l' }, restartedAt: 'later' })
    expect(offer?.config).toEqual({ size: 'm', image: 'good' })
    expect(offer && revisionOfOffer(offer)).toBe(revision)
    expect(offer?.nodeClass.spec).toEqual({ ...then.spec, secretRef: { namespace: 'n', name: 'new' }, limits: { nodes: 3 } })
    expect(offer).toMatchObject({ from: 'workers-1', template: { labels: { tier: 'web' }, ...overlay } })
  })

  it('is placed where it shall be, and stays what it is', () => {
    const offer = keptOfferOf(kept, today, providers)
    const placed = offer && offerIn('b', offer, providers)
    expect(placed).toMatchObject({ from: 'workers-1', config: { size: 'm', image: 'good', zone: 'b' } })
  })

  it('is none where it would be another machine, or none at all', () => {
    expect(keptOfferOf(kept, undefined, providers)).toBeUndefined()
    expect(keptOfferOf(kept, { ...today, metadata: { name: 'other' } }, providers)).toBeUndefined()
    const another = { ...content, classes: content.classes.map(one => ({ ...one, revision: 'b123456789' })) }
    expect(keptOfferOf({ name: 'x', content: another }, today, providers)).toBeUndefined()
    const gone = { ...content, classes: content.classes.map(one => ({ ...one, provider: 'gone' })) }
    expect(keptOfferOf({ name: 'x', content: gone }, today, providers)).toBeUndefined()
  })
})
