import { expect, it } from 'vitest'
import type { Node } from '../api/index.ts'
import { isDeletionDue } from './deletionDue.ts'
import type { Life } from './life.ts'

const node = (uid: string, deletedAt?: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'a', uid, ...(deletedAt !== undefined && { deletionTimestamp: deletedAt }) },
})
const decidedOn = node('u-1', '2026-01-01T00:00:00Z')

/** Whether the deletion of its machine leaves, when that is what the API server knows at this moment, and how often it was asked. */
const ask = async (why: string | undefined, live: Node | undefined): Promise<readonly [boolean, number]> => {
  let asked = 0
  const get = async (): Promise<Node | undefined> => {
    asked += 1
    return live
  }
  // Of a life, what is asked of it here; the cast leaves the rest out.
  const life = { freeze: { why }, context: { client: { get }, signal: new AbortController().signal } } as unknown as Life
  return [await isDeletionDue(life, decidedOn), asked]
}

it('leaves without a question while nobody has seen the API server go back in time', async () => {
  expect(await ask(undefined, undefined)).toEqual([true, 0])
})

it.each([
  ['leaves when the Node is still being deleted', decidedOn, true],
  ['does not leave when a restore has taken the deletion back', node('u-1'), false],
  ['does not leave when another Node has the name', node('u-2', '2026-01-01T00:00:00Z'), false],
  ['does not leave when the Node is not known', undefined, false],
])('%s, after the API server went back in time', async (_, live, due) => {
  expect(await ask('it was restored', live)).toEqual([due, 1])
})
