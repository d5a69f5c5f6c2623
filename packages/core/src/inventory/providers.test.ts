import { describe, expect, it } from 'vitest'
import type { NodeClass } from '../api/index.ts'
import { type MachineProvider, type OpaqueConfig, type Schema, defineProvider } from '../provider/index.ts'
import { offerOf } from './offer.ts'
import { createProviders } from './providers.ts'

/** Takes `{region, size?}`, fills size in. */
const config: Schema<OpaqueConfig> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate(value) {
      const given = Object(value)
      if (typeof given.region !== 'string') return { issues: [{ message: 'must be a text', path: ['region'] }] }
      return { value: { size: 1, ...given } }
    },
    jsonSchema: { input: () => ({}) },
  },
}

const named = (name: string): MachineProvider =>
  defineProvider({
    name,
    config,
    connection: ['region'],
    idempotency: 'token',
    bootstrap: 'none',
    consistencyWindow: '10s',
    connect: () => {
      throw new Error('nothing connects here')
    },
  })

const nodeClass = (spec: Partial<NodeClass['spec']> = {}): NodeClass => ({
  metadata: { name: 'small' },
  spec: { provider: 'a', config: { region: 'r', zone: 'z' }, ...spec },
})
const providers = createProviders([named('a'), named('b')])

describe('a registry of providers', () => {
  it('refuses two of one name', () => {
    expect(() => createProviders([named('a'), named('a')])).toThrow('two providers are called a')
  })

  it('refuses another contract, and says which side to upgrade', () => {
    expect(() => createProviders([{ ...named('a'), contract: 0 }])).toThrow('speaks contract 0, this core speaks 1: upgrade provider a')
    expect(() => createProviders([{ ...named('a'), contract: 2 }])).toThrow('upgrade @kube-node/core')
  })
})

describe('what a class offers', () => {
  it('is its config as the schema reads it, and the connection that its keys choose', () => {
    expect(offerOf('small', nodeClass(), providers)).toMatchObject({
      config: { region: 'r', zone: 'z', size: 1 },
      written: { region: 'r', zone: 'z' },
      connection: { config: { region: 'r' } },
    })
  })

  it("has a set's config laid over it, as a JSON merge patch", () => {
    const offer = offerOf('small', nodeClass(), providers, { config: { size: 5, zone: null } })
    expect(offer).toMatchObject({ config: { region: 'r', size: 5 }, written: { region: 'r', size: 5 } })
  })

  it.each([
    ['ClassNotFound', undefined, 'create it, or delete this node'],
    ['ClassDeleting', { ...nodeClass(), metadata: { name: 'small', deletionTimestamp: 'x' } }, 'is being deleted'],
    ['ProviderNotFound', nodeClass({ provider: 'c' }), 'it has: a, b'],
    ['InvalidConfig', nodeClass({ config: {} }), 'region: must be a text'],
  ])('is nothing, and says why: %s', (reason, given, words) => {
    const { problem } = offerOf('small', given, providers)
    expect(problem?.reason).toBe(reason)
    expect(problem?.message).toContain(words)
  })
})
