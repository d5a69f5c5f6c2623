import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { annotations } from '../api/index.ts'
import { type MachineRecord, formatRecord, isBroken, recordOf } from './record.ts'

const on = (text: string | undefined): ReturnType<typeof recordOf> =>
  recordOf({ metadata: { annotations: text === undefined ? {} : { [annotations.machine]: text } } })

const good: MachineRecord = {
  attempt: 2,
  controller: 'k',
  provider: 'p',
  connection: { config: { region: 'r' }, secret: { namespace: 'n', name: 's' } },
  config: { size: 3 },
  pinned: { size: 3, image: 'ami-1' },
  overlay: { size: 4 },
  revision: 'workers-a123456789',
  startedAt: '2026-01-01T00:00:00Z',
  createdAt: '2026-01-01T00:00:01Z',
  id: 'i',
  providerID: 'p://i',
  token: 'a1b2c3',
  recovery: { number: 2, startedAt: '2026-01-01T00:00:02Z' },
}

describe('the record of a machine', () => {
  it('comes back as it was written', () => {
    expect(on(formatRecord(good))).toEqual(good)
    expect(on(undefined)).toBeUndefined()
  })

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no attempt', JSON.stringify({ ...good, attempt: 0 })],
    ['half an attempt', JSON.stringify({ ...good, attempt: 1.5 })],
    ['no provider', JSON.stringify({ ...good, provider: 7 })],
    ['no controller', JSON.stringify({ ...good, controller: null })],
    ['no connection', JSON.stringify({ ...good, connection: {} })],
    ['a Secret without name', JSON.stringify({ ...good, connection: { config: {}, secret: { namespace: 'n' } } })],
    ['a config that is a list', JSON.stringify({ ...good, config: [] })],
    ['a pin that is a list', JSON.stringify({ ...good, pinned: ['ami-1'] })],
    ['a pin that is nothing', JSON.stringify({ ...good, pinned: null })],
    ['an overlay that is a text', JSON.stringify({ ...good, overlay: 'x' })],
    ['a recovery that is a number', JSON.stringify({ ...good, recovery: 1 })],
    ['a recovery without number', JSON.stringify({ ...good, recovery: { startedAt: '2026-01-01T00:00:02Z' } })],
    ['a recovery of no time', JSON.stringify({ ...good, recovery: { number: 1, startedAt: 'soon' } })],
    ['a token that is a number', JSON.stringify({ ...good, token: 123_456 })],
    ['a token that is too short', JSON.stringify({ ...good, token: 'a1b2c' })],
    ['a token in capitals', JSON.stringify({ ...good, token: 'A1B2C3' })],
    ['a token with its secret', JSON.stringify({ ...good, token: 'a1b2c3.0123456789abcdef' })],
  ])('with %s is broken, and says so', (_what, text) => {
    expect(isBroken(on(text))).toBe(true)
  })

  it('never throws, whatever stands there', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), text => {
        const record = on(text)
        expect(record === undefined || typeof record === 'object').toBe(true)
      }),
    )
  })
})
