import { describe, expect, test } from 'vitest'
import { nodeClassSpecs, nodeSetSpecs } from './corpus.fixture.ts'
import { parseNodeClass } from './nodeclass.ts'
import { parseNodeSet } from './nodeset.ts'

describe('a NodeClass', () => {
  test.each(nodeClassSpecs.filter(s => !s.wrongAt))('with $what is good', ({ spec }) => {
    expect(parseNodeClass({ metadata: { name: 'small' }, spec })).toMatchObject({ ok: true, value: { metadata: { name: 'small' }, spec } })
  })
  test.each(nodeClassSpecs.filter(s => s.wrongAt))('with $what is wrong at $wrongAt', ({ spec, wrongAt }) => {
    expect(parseNodeClass({ spec })).toMatchObject({ ok: false, problems: [{ path: wrongAt }] })
  })

  test('gets the defaults, but none in bootstrap, whose hash is the revision', () => {
    expect(parseNodeClass({ spec: { provider: 'a', timeouts: {}, bootstrap: { files: [{ path: '/a', content: '' }] } } })).toEqual({
      ok: true,
      value: {
        spec: {
          controller: 'kube-node.dev/controller',
          provider: 'a',
          timeouts: { provision: '15m', join: '15m', drain: '1h', volumeDetach: '6m' },
          bootstrap: { files: [{ path: '/a', content: '' }] },
        },
      },
    })
  })

  test('may have unknown fields: they are dropped, as the API server does', () => {
    expect(parseNodeClass({ spec: { provider: 'a', colour: 'red' }, status: { nodes: 1 } })).toEqual({
      ok: true,
      value: { spec: { provider: 'a', controller: 'kube-node.dev/controller' }, status: { nodes: 1 } },
    })
  })

  test.each([undefined, null, 'text', [], {}])('that is %j is none', object => {
    expect(parseNodeClass(object).ok).toBe(false)
  })

  test('says all that is wrong with it', () => {
    const parsed = parseNodeClass({ spec: { provider: '', limits: { nodes: 'many' }, timeouts: { join: 'soon' } } })
    expect(parsed.ok ? [] : parsed.problems).toMatchObject([
      { path: 'spec.provider', message: 'must be the name of a provider' },
      { path: 'spec.limits.nodes' },
      { path: 'spec.timeouts.join', message: 'must be a duration such as 500ms, 30s, 15m or 1h30m' },
    ])
  })
})

describe('a NodeSet', () => {
  test.each(nodeSetSpecs.filter(s => !s.wrongAt))('with $what is good', ({ spec }) => {
    expect(parseNodeSet({ metadata: { name: 'workers' }, spec })).toMatchObject({ ok: true, value: { spec } })
  })
  test.each(nodeSetSpecs.filter(s => s.wrongAt))('with $what is wrong at $wrongAt', ({ spec, wrongAt }) => {
    expect(parseNodeSet({ spec })).toMatchObject({ ok: false, problems: [{ path: wrongAt }] })
  })

  test('gets the defaults', () => {
    expect(parseNodeSet({ spec: { nodeClassName: 'small', strategy: { rollingUpdate: {} } } })).toEqual({
      ok: true,
      value: {
        spec: {
          replicas: 1,
          nodeClassName: 'small',
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          minReadySeconds: 0,
          progressDeadlineSeconds: 1800,
          revisionHistoryLimit: 10,
          paused: false,
        },
      },
    })
  })
})
