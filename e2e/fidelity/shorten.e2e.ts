import { expect, test } from 'vitest'
import type { RequestStep, Script } from './script.ts'
import { shorten } from './shorten.ts'

const step = (name: string, rest: Partial<RequestStep> = {}): RequestStep => ({
  do: 'request',
  method: 'PATCH',
  resource: 'nodes',
  name,
  ...rest,
})

const long: Script = {
  steps: Array.from({ length: 200 }, (_, i) =>
    step(`n${i}`, {
      query: { fieldManager: 'one', dryRun: 'All' },
      accept: 'text/plain',
      body: { keep: [1, { x: 2 }, i], drop: { y: i } },
    }),
  ),
}

/** Fails while both steps are there, and the second says what it says. */
const fails = async ({ steps }: Script): Promise<string | undefined> => {
  const first = steps.findIndex(({ name }) => name === 'n17')
  const second = steps.find(({ name }, i) => name === 'n150' && i > first)
  const told = second?.do === 'request' && JSON.stringify(second.body ?? null).includes('"x":2') && second.query?.['dryRun'] === 'All'
  return first >= 0 && told ? 'failed' : undefined
}

test('Of two hundred steps the two that matter are left, with what matters of them, after some dozens of tries', async () => {
  const { found, script, tries } = await shorten(long, 'at first', fails, { limitMs: 1_000, now: () => 0 })
  expect(script.steps).toEqual([step('n17'), step('n150', { query: { dryRun: 'All' }, body: { keep: [{ x: 2 }] } })])
  expect(found).toBe('failed')
  expect(tries).toBeLessThan(100)
})

test('When time is up, the shortest so far has to do', async () => {
  let time = 0
  const slow = (script: Script): Promise<string | undefined> => {
    time += 10
    return fails(script)
  }
  const { script, tries } = await shorten(long, 'at first', slow, { limitMs: 50, now: () => time })
  expect(tries).toBe(5)
  expect(script.steps.length).toBeLessThan(200)
  expect(await fails(script)).toBe('failed')
})

test('What fails only as a whole stays whole', async () => {
  const whole = async ({ steps }: Script): Promise<string | undefined> => (steps.length === 3 ? 'failed' : undefined)
  const given: Script = { steps: ['a', 'b', 'c'].map(name => step(name)) }
  expect((await shorten(given, 'failed', whole, { limitMs: 1_000, now: () => 0 })).script).toEqual(given)
})
