import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { manualRuntime } from '@kube-node/core/runtime'
import { describe, expect, it } from 'vitest'
import { createEasel } from './easel.ts'
import { claim } from './view.fixture.ts'
import { type View, viewOf } from './view.ts'

const view = (...names: readonly string[]): View =>
  viewOf(
    names.map(name => claim(name, { phase: 'Booting', machine: 'i-1' })),
    [],
    () => 0,
  )

interface Paper extends PassThrough {
  isTTY?: boolean
  columns?: number
  rows?: number
  written(): string
}

const paper = (terminal?: { readonly columns: number; readonly rows: number }): Paper => {
  const stream = new PassThrough()
  return Object.assign(stream, { written: () => String(stream.read() ?? ''), ...(terminal && { isTTY: true, ...terminal }) })
}

describe('on a terminal', () => {
  it('pictures replace each other, and what is said stays above them', () => {
    const stdout = paper({ columns: 80, rows: 24 })
    const easel = createEasel({ stdout, env: { NO_COLOR: '1' }, runtime: manualRuntime() }, 'nothing yet')
    easel.say('hello')
    expect(stripVTControlCharacters(stdout.written())).toBe('hello\n')
    easel.show(view('a'))
    expect(stdout.written()).toContain('a     small  Booting')
    easel.show(view('a', 'b'))
    const second = stdout.written()
    expect(second, 'only what is new').toContain('b     small  Booting')
    expect(second).not.toContain('NODE')
    easel.say('a warning')
    const third = stripVTControlCharacters(stdout.written())
    expect(third.indexOf('a warning')).toBeLessThan(third.indexOf('NODE'))
    easel.finish()
    easel.show(view())
    expect(stdout.written()).not.toContain('nothing yet')
  })

  it('a picture that fills the screen leaves the greeting in sight', () => {
    const stdout = paper({ columns: 80, rows: 24 })
    const easel = createEasel({ stdout, env: { NO_COLOR: '1' }, runtime: manualRuntime() }, 'nothing yet')
    easel.say('one\ntwo\nthree')
    stdout.written()
    easel.show(view(...Array.from({ length: 50 }, (_, i) => `n${i}`)))
    const drawn = stripVTControlCharacters(stdout.written()).trimEnd().split('\n')
    expect(drawn).toHaveLength(24 - 3 - 1)
    expect(drawn.at(-1)).toBe('and 32 more: 32 Booting')
    easel.finish()
  })

  it('a window of another size is drawn anew, with what was said', () => {
    const stdout = paper({ columns: 80, rows: 24 })
    const easel = createEasel({ stdout, env: {}, runtime: manualRuntime() }, 'nothing yet')
    easel.say('hello')
    easel.show(view('a'))
    stdout.written()
    stdout.columns = 40
    stdout.emit('resize')
    const text = stripVTControlCharacters(stdout.written())
    expect(text).toContain('hello')
    expect(text).toContain('Booting')
    easel.finish()
    expect(stdout.listenerCount('resize')).toBe(0)
  })
})

it.each([
  ['a pipe', paper(), {}],
  ['a dumb terminal', paper({ columns: 80, rows: 24 }), { TERM: 'dumb' }],
])('on %s changes are told as plain lines, with the time since the start', async (_what, stdout, env) => {
  const runtime = manualRuntime()
  const easel = createEasel({ stdout, env, runtime }, 'nothing yet')
  easel.show(view('a'))
  await runtime.advance(1_500)
  easel.show(view('a'))
  easel.show(view('a', 'b'))
  easel.finish()
  expect(stdout.written()).toBe('  0.0 s  node/a  Booting  i-1\n  1.5 s  node/b  Booting  i-1\n')
})
