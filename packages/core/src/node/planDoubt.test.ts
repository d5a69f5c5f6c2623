import { describe, expect, it } from 'vitest'
import { claim, facts, machine, mirror, noted, start } from './facts.fixture.ts'
import { planNode } from './plan.ts'

describe('a kubelet that may be that of an older machine', () => {
  const booting = claim({ record: noted({ token: 'abcdef' }), phase: 'Booting', joined: true, ready: 'True' })

  it('is told of, while lists are asked for: the address that tells whose it is may come with the next one', () => {
    const there = mirror({ machines: [machine()] })
    expect(planNode(facts(booting, { isDoubted: true, mirror: there }))).toMatchObject({ do: 'tell', reason: 'NameInUse', expect: true })
  })

  it('ends no machine when the time to join is over', () => {
    const late = { wall: start + 1_800_001, monotonic: 1_800_001 }
    const there = mirror({ machines: [machine()] })
    expect(planNode(facts(booting, { isDoubted: true, mirror: there, now: late }))).toMatchObject({ do: 'tell', reason: 'NameInUse' })
  })
})
