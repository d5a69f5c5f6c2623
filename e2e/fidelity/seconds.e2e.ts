import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Fields } from './script.ts'
import { startSides } from './sides.ts'
import type { Side } from './run.ts'

/** Waits for the beginning of a second by both servers' clock, which is this machine's. */
const nextSecond = (): Promise<void> => sleep(1_020 - (Date.now() % 1_000))

interface Told {
  readonly metadata: { readonly resourceVersion: string; readonly managedFields: readonly { readonly manager: string }[] }
}

/**
 * A namespace that `early` applies, then `late`, then `early` again, with nothing of its own that would be stored but the time. `pauses`:
 * before which of the applies a second passes.
 */
const lastApply = async ({ client }: Side, name: string, pauses: readonly number[]) => {
  const apply = async (manager: string, rest: Fields = {}): Promise<Told> => {
    const { body, status } = await client.ask({
      method: 'PATCH',
      path: `/api/v1/namespaces/${name}?fieldManager=${manager}&force=true`,
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { a: 'b' } }, ...rest }),
    })
    if (status >= 300) throw new Error(`an apply was refused: ${JSON.stringify(body)}`)
    // Border: what an API server answers to an apply.
    return body as Told
  }
  const applies = [
    () => apply('early'),
    () => apply('late', { spec: { finalizers: ['example.test/hold'] } }),
    () => apply('early', { status: { phase: 'Active', conditions: [{ type: 'NamespaceContentRemaining', status: 'True' }] } }),
  ]
  const told: Told[] = []
  for (const [i, step] of applies.entries()) {
    if (i === 0 || pauses.includes(i)) await nextSecond()
    told.push(await step())
  }
  const [, before, after] = told
  return {
    stored: after?.metadata.resourceVersion !== before?.metadata.resourceVersion,
    order: after?.metadata.managedFields.map(({ manager }) => manager),
  }
}

test('Whether an apply of nothing but a new time is stored depends on the second, on both servers alike', {
  timeout: 120_000,
}, async () => {
  await using sides = await startSides()
  const both = (pauses: readonly number[]) =>
    Promise.all([sides.embedded, sides.real].map(side => lastApply(side, `seconds-${sides.nextId()}`, pauses)))
  const kept = { stored: false, order: ['early', 'late'] }
  const turned = { stored: true, order: ['late', 'early'] }
  // Entries stand by time, then by name: only where the times turn their order round has anything changed.
  expect(await both([])).toEqual([kept, kept])
  expect(await both([1])).toEqual([kept, kept])
  expect(await both([2])).toEqual([turned, turned])
  expect(await both([1, 2])).toEqual([turned, turned])
})
