import { describe, expect, it } from 'vitest'
import { labels } from '../api/index.ts'
import { claim, facts, failure, flight, machine, mirror, nodeClass, noted, now, offer, record, start } from './facts.fixture.ts'
import { planNode } from './plan.ts'

const token = 'abc123'
const kept = { kind: 'kept', expiresAt: start + 3_600_000 } as const
const lost = { kind: 'lost' } as const
const oldClaim = { inherited: true, firstSeenAt: now - 5_000, unknownSince: now - 5_000 }

describe('an attempt that has something to tell its machine', () => {
  const node = claim({ record: record({ token }) })

  it('is created as long as what it sends is there, or was never made', () => {
    expect(planNode(facts(node))).toEqual({ do: 'create' })
    expect(planNode(facts(node, { flight: flight({ document: kept, sent: true }) }))).toEqual({ do: 'create' })
  })

  it('that lost it before anything was sent is followed by another at once', () => {
    expect(planNode(facts(node, { flight: flight({ document: lost }) }))).toEqual({ do: 'begin', attempt: 2, offer })
  })

  it('that lost it after something may have been sent is followed by another when nothing can turn up any more', () => {
    const sent = flight({ document: lost, sent: true, unknownSince: now - 30_000 })
    expect(planNode(facts(node, { flight: sent }))).toMatchObject({ do: 'tell', reason: 'BootstrapLost', afterMs: 40_000 })
    expect(planNode(facts(node, { flight: flight({ ...oldClaim, document: lost }) }))).toMatchObject({
      do: 'tell',
      reason: 'BootstrapLost',
    })
    const longAgo = flight({ document: lost, sent: true, unknownSince: now - 80_000 })
    expect(planNode(facts(node, { flight: longAgo }))).toEqual({ do: 'begin', attempt: 2, offer })
  })

  it('whose machine turns up is noted, whatever was lost', () => {
    const sent = flight({ document: lost, sent: true, unknownSince: now - 30_000 })
    expect(planNode(facts(node, { flight: sent, mirror: mirror({ machines: [machine()] }) }))).toEqual({ do: 'note', machine: machine() })
  })

  it('follows an edited class as long as nothing was sent', () => {
    const edited = { ...offer, nodeClass: { ...nodeClass, spec: { ...nodeClass.spec, bootstrap: { commands: ['true'] } } } }
    expect(planNode(facts(node, { offer: edited }))).toEqual({ do: 'begin', attempt: 2, offer: edited })
    expect(planNode(facts(node, { offer: edited, flight: flight({ sent: true }) }))).toEqual({ do: 'create' })
    const unlabelled = claim({ record: record(), labels: { [labels.revision]: 'a-other' } })
    expect(planNode(facts(unlabelled))).toMatchObject({ do: 'begin', attempt: 2 })
  })
})

describe('a machine that boots by a token', () => {
  const booting = claim({ record: noted({ token }), phase: 'Booting' })
  const there = mirror({ machines: [machine()] })

  it('may join by it until its time to join is over, however long that is', () => {
    expect(planNode(facts(booting, { mirror: there, flight: flight({ document: kept }) }))).toMatchObject({ do: 'rest' })
    const short = flight({ document: { kind: 'kept', expiresAt: start + 899_000 } })
    expect(planNode(facts(booting, { mirror: there, flight: short }))).toEqual({ do: 'extendToken', until: start + 900_000 })
    expect(planNode(facts(booting, { mirror: there, flight: flight({ document: lost }) }))).toMatchObject({ do: 'rest' })
  })

  it('is let go of its token in the write of the join', () => {
    const joined = claim({
      record: noted({ token }),
      phase: 'Booting',
      joined: true,
      ready: 'Unknown',
      spec: { providerID: 'test://m-1' },
      labels: { [labels.zone]: 'z1' },
    })
    expect(planNode(facts(joined, { mirror: there }))).toMatchObject({ do: 'join', up: false, running: false })
    const without = claim({
      record: noted(),
      phase: 'Booting',
      joined: true,
      ready: 'Unknown',
      spec: { providerID: 'test://m-1' },
      labels: { [labels.zone]: 'z1' },
    })
    expect(planNode(facts(without, { mirror: there }))).toEqual({ do: 'rest', afterMs: 840_000 })
  })
})

describe('a machine on which steps have to be done', () => {
  const booting = claim({ record: noted({ token, config: { region: 'r1' } }), phase: 'Booting' })
  const bySteps = (state: 'starting' | 'running') => mirror({ bootstrap: 'steps', machines: [machine({ state })] })

  it('is configured when it runs', () => {
    expect(planNode(facts(booting, { mirror: bySteps('starting') }))).toMatchObject({ do: 'rest', expect: true })
    expect(planNode(facts(booting, { mirror: bySteps('running'), flight: flight({ document: kept }) }))).toEqual({
      do: 'configure',
      machine: machine(),
      withinMs: 1_740_000,
    })
  })

  it('is configured though there is something to say of it, and says what keeps it from being so', () => {
    const troubled = (state: 'starting' | 'running') =>
      mirror({ bootstrap: 'steps', machines: [machine({ state, problem: 'it was begun elsewhere' })] })
    expect(planNode(facts(booting, { mirror: troubled('running'), flight: flight({ document: kept }) }))).toMatchObject({ do: 'configure' })
    expect(planNode(facts(booting, { mirror: troubled('starting'), flight: flight({ document: kept }) }))).toMatchObject({
      do: 'tell',
      reason: 'MachineProblem',
      message: expect.stringContaining('provider test: it was begun elsewhere; if no kubelet has joined by 2027-01-15T08:30:00Z'),
    })
  })

  it('waits a failure out, visibly, and is tried again', () => {
    const failed = failure({ reason: 'Unavailable', message: 'provider test: Unavailable: no route to host', retryAt: now + 5_000 })
    expect(planNode(facts(booting, { mirror: bySteps('running'), flight: flight({ document: kept, failure: failed }) }))).toMatchObject({
      do: 'tell',
      phase: 'Booting',
      afterMs: 5_000,
    })
  })

  it('has its time to join from the moment that all is done, and is replaced when it never is', () => {
    const done = flight({ document: kept, configuredAt: start + 50_000 })
    expect(planNode(facts(booting, { mirror: bySteps('running'), flight: done }))).toEqual({ do: 'rest', afterMs: 890_000 })
    const never = { wall: start + 1_800_001, monotonic: now }
    expect(planNode(facts(booting, { mirror: bySteps('running'), now: never }))).toMatchObject({ do: 'remove' })
  })

  it('can not be configured without its document, and is replaced in time', () => {
    expect(planNode(facts(booting, { mirror: bySteps('running'), flight: flight({ document: lost }) }))).toMatchObject({ do: 'rest' })
  })
})
