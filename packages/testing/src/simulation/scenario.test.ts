import { describe, expect, it } from 'vitest'
import { notWithGroups } from './groups/scenario.ts'
import type { Emphasis } from './kinds.ts'
import { type Scenario, scenarioOf } from './scenario.ts'

const scenarios = (emphasis?: Emphasis): readonly Scenario[] => Array.from({ length: 200 }, (_, seed) => scenarioOf(seed, 20, emphasis))

describe('groups in a history', () => {
  it('are there in about one of four, without what they do not live through', () => {
    const having = scenarios().filter(({ groups }) => groups)
    expect(having.length).toBeGreaterThan(30)
    expect(having.length).toBeLessThan(70)
    for (const { incidents } of having) expect(incidents.filter(({ kind }) => notWithGroups.has(kind))).toEqual([])
  })

  it('give way to restores where more of these are asked for', () => {
    for (const { groups } of scenarios({ restore: 8 })) expect(groups).toBeUndefined()
  })

  it('are there wherever an incident of theirs is named', () => {
    for (const { groups } of scenarios({ 'scale-group-set': 1, restore: 8 })) expect(groups).toBeDefined()
  })
})
