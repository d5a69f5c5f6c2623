import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { groupTopics } from './groups/topics/index.ts'
import { simulatedGroupManifest } from './groups.fixture.ts'
import { topics } from './machines/topics/index.ts'
import { simulatedManifest } from './simulated.fixture.ts'

const guide = readFileSync(new URL('../../../../docs/conformance.md', import.meta.url), 'utf8')

test('the documentation lists every test under its topic, in their order', () => {
  const [, listed = ''] = guide.split('## The tests\n')
  const [tests = ''] = listed.split('\n## ')
  const expected = topics.map(({ name, trials }) => `\n### ${name}\n\n${trials.map(trial => `- ${trial.name}\n`).join('')}`)
  expect(tests).toBe(expected.join(''))
})

test('the documentation says what each ability of a cloud is for', () => {
  for (const ability of simulatedManifest().cloud ?? []) expect(guide).toContain(`\`${ability}\``)
})

test('the documentation lists every test of groups under its topic, in their order', () => {
  const expected = groupTopics.map(({ name, trials }) => `\n### ${name} of groups\n\n${trials.map(trial => `- ${trial.name}\n`).join('')}`)
  expect(guide).toContain(expected.join(''))
  for (const ability of simulatedGroupManifest().cloud ?? []) expect(guide).toContain(`\`${ability}\``)
})
