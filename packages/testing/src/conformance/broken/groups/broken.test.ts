import { describe, expect, it, test } from 'vitest'
import { simulatedGroupManifest, simulatedGroupWorld } from '../../groups.fixture.ts'
import { groupConformance } from '../../index.ts'
import { runner } from '../../runner.fixture.ts'
import { brokenGroups } from './defects.fixture.ts'
import type { BrokenGroups } from './groups.fixture.ts'

const failures = async ({ over, provider = {}, manifest = {} }: BrokenGroups): Promise<ReadonlyMap<string, Error>> => {
  const tests = runner()
  groupConformance({ test: tests, factory: () => simulatedGroupWorld({ over, provider }), manifest: simulatedGroupManifest(manifest) })
  return new Map([...(await tests.run())].flatMap(([name, error]) => (error ? [[name, error] as const] : [])))
}

describe('a provider of groups that', () => {
  for (const [defect, broken] of Object.entries(brokenGroups)) {
    it(`${defect} fails the tests that are about it, and passes all others`, async () => {
      const failed = await failures(broken)
      expect([...failed.keys()].toSorted()).toEqual([...broken.fails].toSorted())
      for (const error of failed.values()) expect(error.message).not.toBe('')
    })
  }
})

test('every test of the suite for groups fails for some broken provider', () => {
  const { registered } = groupConformance({ test: runner(), factory: () => simulatedGroupWorld(), manifest: simulatedGroupManifest() })
  const caught = new Set(Object.values(brokenGroups).flatMap(({ fails }) => fails))
  expect(registered.map(name => name.replace('provider simulated-groups > ', '')).filter(name => !caught.has(name))).toEqual([])
})
