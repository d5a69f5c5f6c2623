import { describe, expect, it, test } from 'vitest'
import { type Layer, type MachineManifest, providerConformance } from '../index.ts'
import { runner } from '../runner.fixture.ts'
import { simulatedManifest } from '../simulated.fixture.ts'
import { calls } from './calls.fixture.ts'
import { creates } from './creates.fixture.ts'
import { declarations } from './declarations.fixture.ts'
import { deletes } from './deletes.fixture.ts'
import { errors } from './errors.fixture.ts'
import { type Broken, gifted, world } from './instead.fixture.ts'
import { lists } from './lists.fixture.ts'
import { names } from './names.fixture.ts'

const all: Readonly<Record<string, Broken>> = { ...declarations, ...creates, ...lists, ...names, ...deletes, ...errors, ...calls }

const failures = async (broken: Omit<Broken, 'fails'>, layer: Layer = 'direct'): Promise<ReadonlyMap<string, Error>> => {
  const tests = runner()
  providerConformance({ test: tests, factory: () => world(broken), manifest: simulatedManifest(broken.manifest), layers: [layer] })
  const results = await tests.run()
  return new Map([...results].flatMap(([name, error]) => (error ? [[name, error] as const] : [])))
}

describe('a provider that', () => {
  for (const [defect, broken] of Object.entries(all)) {
    it(`${defect} fails the tests that are about it, and passes all others`, async () => {
      const failed = await failures(broken)
      expect([...failed.keys()].toSorted()).toEqual([...broken.fails].toSorted())
      for (const error of failed.values()) expect(error.message).not.toBe('')
    })
  }
})

test('every test of the suite fails for some broken provider', () => {
  const good: readonly Partial<MachineManifest>[] = [
    { maxUserData: 1, methods: ['get', 'createMany', 'deleteMany', 'resolve', 'drift', 'capacity', 'interruptions', 'configure'] },
    { idempotency: 'unique-name' },
    { idempotency: 'lookup' },
    { nodeNames: 'cloud' },
  ]
  const known = good.flatMap(
    manifest =>
      providerConformance({
        test: runner(),
        factory: () => world({ over: gifted }),
        manifest: simulatedManifest(manifest),
        layers: ['direct'],
      }).registered,
  )
  const names = new Set(known.map(name => name.replace('provider simulated > ', '')))
  const caught = new Set(Object.values(all).flatMap(({ fails }) => fails))
  expect([...names].filter(name => !caught.has(name))).toEqual([])
})

describe("behind core's policy of calls", () => {
  it('plain errors are errors of the contract, and nothing is believed of them', async () => {
    expect([...(await failures(errors['throws plain errors']!, 'policy')).values()].map(({ message }) => message)).not.toContainEqual(
      expect.stringContaining('ProviderError and nothing else'),
    )
  })

  it('credentials are struck out of messages', async () => {
    expect([...(await failures(errors['tells the credentials in its errors']!, 'policy')).keys()]).toEqual([])
  })

  it('a machine without its tags is not believed', async () => {
    const failed = await failures(creates['forgets the tags']!, 'policy')
    expect(failed.get('create > answers a machine with an id, a state and the time of its creation')?.message).toContain(
      "does not carry this claim's tags",
    )
  })
})
