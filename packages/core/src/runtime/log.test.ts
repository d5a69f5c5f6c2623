import { expect, it } from 'vitest'
import { createLog, errorText, logWith } from './log.ts'
import type { LogLevel } from './runtime.ts'

const lines = (options: { format?: 'text' | 'json'; level?: LogLevel } = {}) => {
  const written: string[] = []
  return { written, log: createLog({ ...options, write: line => written.push(line), clock: { now: () => 1_767_225_600_000 } }) }
}

it('writes one line an entry, whatever the message holds', () => {
  const { written, log } = lines()
  log('warn', 'cannot list nodes:\n  forbidden', { path: '/api/v1/nodes', user: 'a b', attempt: 2, nothing: undefined })
  expect(written).toEqual(['2026-01-01T00:00:00.000Z warn  cannot list nodes: forbidden path=/api/v1/nodes user="a b" attempt=2\n'])
})

it('writes JSON when asked, with errors as their messages', () => {
  const { written, log } = lines({ format: 'json' })
  log('error', 'failed', { error: new Error('outer', { cause: new Error('inner') }), big: 12n })
  expect(written.map(line => JSON.parse(line) as unknown)).toEqual([
    { time: '2026-01-01T00:00:00.000Z', level: 'error', message: 'failed', error: 'outer: inner', big: '12' },
  ])
})

it('leaves out what is below its level', () => {
  const { written, log } = lines({ level: 'warn' })
  log('info', 'a')
  log('error', 'b')
  expect(written).toHaveLength(1)
})

it("adds fixed fields; the entry's own win", () => {
  const { written, log } = lines()
  logWith(log, { controller: 'nodes', key: 'x' })('info', 'hello', { key: 'a' })
  expect(written[0]).toContain('hello controller=nodes key=a')
})

it('tells an error with its causes, each once', () => {
  expect(errorText(new Error('GET /x: refused', { cause: new Error('refused') }))).toBe('GET /x: refused')
  expect(errorText(new TypeError('', { cause: 'why' }))).toBe('TypeError: why')
  expect(errorText('plain')).toBe('plain')
  expect(errorText({ code: 1 })).toBe('{ code: 1 }')
})
