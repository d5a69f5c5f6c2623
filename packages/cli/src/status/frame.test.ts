import { describe, expect, it } from 'vitest'
import { painter } from '../display/index.ts'
import { statusStyle } from './frame.ts'
import { printStatus } from './print.ts'
import type { NodeRow, StatusView } from './view.ts'

const now = Date.parse('2026-05-01T12:30:00Z')
const why = 'provider aws-ec2: InsufficientCapacity: there is nothing left of m7i.large in eu-west-1a'
const node = (name: string, rest: Partial<NodeRow> = {}): NodeRow => ({
  name,
  uid: name,
  class: 'small',
  phase: 'Running',
  since: '2026-05-01T12:00:00Z',
  createdAt: '2026-05-01T11:00:00Z',
  controller: 'c',
  machine: `i-${name}`,
  state: 'ok',
  why: '',
  next: '',
  ...rest,
})
const viewOf = (...nodes: readonly NodeRow[]): StatusView => ({ controllers: [], classes: [], nodeSets: [], nodes })
const sick = node('sick', { phase: 'Provisioning', state: 'trouble', why })
const print = (view: StatusView, width: number | undefined): readonly string[] =>
  printStatus(view, { sort: 'nodes' }, { wide: false, paint: painter(false), now, width })
const frame = (view: StatusView, columns: number, rows: number): readonly string[] =>
  statusStyle({ sort: 'nodes' }, false, () => '')
    .frame({ view, now }, { screen: { columns, rows }, colour: false })
    .split('\n')

describe('printed', () => {
  it('reasons stand whole, in their column where nobody reads on a screen', () => {
    expect(print(viewOf(node('a'), sick), undefined)).toEqual([
      'NODE  CLASS  PHASE         SINCE  AGE  MACHINE  ZONE  WHY',
      'a     small  Running         30m  90m  i-a      -',
      `sick  small  Provisioning    30m  90m  i-sick   -     ${why}`,
    ])
  })

  it('and under their row on a narrow screen', () => {
    expect(print(viewOf(node('a'), sick), 60)).toEqual([
      'NODE  CLASS  PHASE         SINCE  AGE  MACHINE  ZONE',
      'a     small  Running         30m  90m  i-a      -',
      'sick  small  Provisioning    30m  90m  i-sick   -',
      '  provider aws-ec2: InsufficientCapacity: there is nothing',
      '  left of m7i.large in eu-west-1a',
    ])
  })
})

describe('drawn', () => {
  it('reasons stand whole as long as the screen is high enough', () => {
    const lines = frame(viewOf(node('a'), sick), 60, 10)
    expect(lines.join(' ')).toContain('left of m7i.large in eu-west-1a')
  })

  it('no wider and no higher than the screen, and what is in trouble is shown before what runs', () => {
    const nodes = [...Array.from({ length: 30 }, (_, i) => node(`n${i}`)), sick]
    for (const [columns, rows] of [
      [60, 12],
      [80, 24],
      [40, 6],
      [120, 5],
    ] as const) {
      const lines = frame(viewOf(...nodes), columns, rows)
      expect(lines.length, `${columns} x ${rows}`).toBeLessThan(rows)
      expect(Math.max(...lines.map(line => line.length)), `${columns} x ${rows}`).toBeLessThan(columns)
      expect(lines.some(line => line.startsWith('sick'))).toBe(true)
    }
    expect(frame(viewOf(...nodes), 80, 12).at(-1)).toBe('and 22 more')
  })

  it('says so when there is nothing', () => {
    expect(frame(viewOf(), 80, 24)).toEqual(['nothing yet'])
  })
})
