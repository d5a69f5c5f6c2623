import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { age } from '../describe/index.ts'
import { frameOf } from './frame.ts'
import type { NodeRow, SetRow, View } from './view.ts'

const node = (name: string, phase = 'Running', rest: Partial<NodeRow> = {}): NodeRow => ({
  name,
  className: 'small',
  phase,
  sinceMs: 12_000,
  machine: `i-${name}`,
  why: '',
  trouble: false,
  ...rest,
})
const workers: SetRow = { name: 'workers', className: 'small', desired: 3, ready: 2, available: 1, note: 'in progress', trouble: false }

const frame = (view: Partial<View>, columns = 100, rows = 30, colour = false): string =>
  frameOf({ sets: [], nodes: [], ...view }, { screen: { columns, rows }, colour, empty: 'no nodes yet' })
const linesOf = (text: string): readonly string[] => text.split('\n')

describe('a picture', () => {
  it('has a line for each set and each node', () => {
    const why = 'ClassNotFound: there is no NodeClass "gpu"'
    const nodes = [node('a'), node('node1', 'Pending', { machine: '', why, trouble: true, sinceMs: 130_000 })]
    expect(linesOf(frame({ sets: [workers], nodes }))).toEqual([
      'NODESET  CLASS  DESIRED  READY  AVAILABLE',
      'workers  small        3      2          1  in progress',
      '',
      'NODE   CLASS  PHASE    SINCE  MACHINE  WHY',
      'a      small  Running    12s  i-a',
      'node1  small  Pending     2m  -        ClassNotFound: there is no NodeClass "gpu"',
    ])
  })

  it('says what to do where there is nothing', () => {
    expect(frame({})).toBe('no nodes yet')
  })

  it('leaves out and cuts what does not fit in the width, and never the phase', () => {
    const why = 'InsufficientCapacity: there is nothing left of m7i.large in eu-west-1a'
    const nodes = [node('workers-x7k2pq', 'Provisioning', { why, trouble: true })]
    expect(linesOf(frame({ nodes }, 60))).toEqual([
      'NODE            PHASE         WHY',
      'workers-x7k2pq  Provisioning  InsufficientCapacity: there …',
    ])
    for (const columns of [120, 80, 60, 50, 40]) {
      const lines = linesOf(frame({ sets: [workers], nodes }, columns))
      expect(Math.max(...lines.map(line => line.length)), `${columns} columns`).toBeLessThan(columns)
      expect(lines.join('\n')).toContain('Provisioning')
    }
  })

  it('tells in its height of what is on its way rather than of what runs', () => {
    const well = Array.from({ length: 20 }, (_, i) => node(`n${i}`))
    const nodes = [...well, node('late', 'Booting'), node('sick', 'Running', { why: 'not ready' })]
    const lines = linesOf(frame({ sets: [workers], nodes }, 100, 12))
    expect(lines).toHaveLength(11)
    expect(lines.slice(4, -1).map(line => line.split(' ')[0])).toEqual(['n0', 'n1', 'n2', 'n3', 'late', 'sick'])
    expect(lines.at(-1)).toBe('and 16 more: 16 Running')
  })

  it('is not higher than the smallest screens', () => {
    const nodes = Array.from({ length: 9 }, (_, i) => node(`n${i}`))
    for (const rows of [10, 6, 3]) expect(linesOf(frame({ nodes }, 80, rows)).length, `${rows} rows`).toBeLessThan(rows)
  })

  it('has colours only where they are wanted, and they take no room', () => {
    const view = { sets: [workers], nodes: [node('a'), node('b', 'Booting')] }
    expect(frame(view)).not.toContain('\u001B')
    expect(frame(view, 100, 30, true)).toContain('\u001B[32mRunning')
    expect(stripVTControlCharacters(frame(view, 100, 30, true))).toBe(frame(view))
  })

  it('keeps control characters and line ends of messages out of the terminal', () => {
    expect(linesOf(frame({ nodes: [node('a', 'Pending', { why: 'one\n\u001B[2Jtwo' })] }))[1]).toMatch(/one \[2Jtwo$/)
  })
})

it.each([
  [0, '0s'],
  [850, '0s'],
  [59_999, '59s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [7_200_000, '2h'],
  [172_800_000, '2d'],
])('%i ms are an age of %s', (ms, text) => {
  expect(age(ms)).toBe(text)
})
