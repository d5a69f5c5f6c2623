import { describe, expect, it } from 'vitest'
import { type Evidence, freezeKey, freezeRecordOf, frozenData, isLifted, liftedData } from './record.ts'

const since = '2030-01-01T00:10:00Z'
const at = (version: string, data: Readonly<Record<string, string>>) => freezeRecordOf({ metadata: { resourceVersion: version }, data })

describe('what is written of a freeze', () => {
  it('freezes whatever its state is but lifted: a slip of the pen must not thaw', () => {
    expect(at('1', frozenData(since, 'why'))).toEqual({ frozen: true, since, why: 'why', version: '1' })
    expect(at('1', { state: 'lift' }).frozen).toBe(true)
    expect(at('1', {}).frozen).toBe(true)
    expect(at('1', { state: 'lifted\n' }).frozen).toBe(false)
  })

  it('has one name for each controller', () => {
    expect(freezeKey('system', 'kube-node.dev/controller')).toEqual({ namespace: 'system', name: 'kube-node-freeze' })
    expect(freezeKey('system', 'example.com/a').name).toBe('kube-node-freeze-example-com-a')
  })

  const wentBack: Evidence = { kind: 'version', version: '300' }
  const made = (time: string): Evidence => ({ kind: 'machine', machine: 'test://m', madeAt: Date.parse(time) })
  const lifted = (version: string) => at(version, { ...frozenData(since, 'why'), ...liftedData })
  it.each<[string, Evidence, ReturnType<typeof at> | undefined, boolean]>([
    ['nothing is written', wentBack, undefined, false],
    ['it is frozen', wentBack, at('400', frozenData(since, 'why')), false],
    ['it was lifted before that restore', wentBack, lifted('300'), false],
    ['it was lifted after the API server went back', wentBack, lifted('301'), true],
    ['the machine was made before the freeze that was lifted', made('2030-01-01T00:09:59Z'), lifted('301'), true],
    ['the machine was made after it', made('2030-01-01T00:10:01Z'), lifted('301'), false],
    ['a person has left out since when', made('2030-01-01T00:09:59Z'), at('301', liftedData), false],
  ])('%s', (_title, evidence, record, expected) => {
    expect(isLifted(evidence, record)).toBe(expected)
  })
})
