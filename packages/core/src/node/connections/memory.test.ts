import { expect, it } from 'vitest'
import type { ClassConnection, NodeClass } from '../../api/index.ts'
import type { ManagerContext } from '../../engine/index.ts'
import { ApiError } from '../../kube/index.ts'
import { manualRuntime } from '../../runtime/index.ts'
import { createConnectionMemory } from './memory.ts'

const at = (region: string): ClassConnection => ({ provider: 'p', config: { region } })

/** An API server with one class, and the store that follows it. Answers to writes can be held back. */
const given = (...connections: readonly ClassConnection[]) => {
  const classOf = (list: readonly ClassConnection[], version: number): NodeClass => ({
    metadata: { name: 'small', uid: 'u', resourceVersion: String(version) },
    spec: { provider: 'p' },
    status: { connections: list },
  })
  const world = { there: classOf(connections, 1), seen: classOf(connections, 1), writes: 0, held: undefined as Promise<void> | undefined }
  // Of client and context, what is asked of them here; the casts leave the rest out.
  const client = {
    get: async () => world.there,
    async patch(_kind: unknown, _key: unknown, patch: unknown, options: unknown) {
      await world.held
      const { on } = options as { readonly on: { readonly resourceVersion: string } }
      if (on.resourceVersion !== world.there.metadata?.resourceVersion) {
        throw new ApiError(409, { reason: 'Conflict', message: 'another version' }, 'PATCH')
      }
      world.writes += 1
      const { merge } = patch as { readonly merge: { readonly status: { readonly connections: readonly ClassConnection[] | null } } }
      world.there = classOf(merge.status.connections ?? [], Number(on.resourceVersion) + 1)
      world.seen = world.there
      return world.there
    },
  }
  const context = {
    client,
    store: () => ({ get: () => world.seen, list: () => [] }),
    signal: new AbortController().signal,
    runtime: manualRuntime(),
  } as unknown as ManagerContext
  return {
    world,
    memory: createConnectionMemory(context),
    edit: (list: readonly ClassConnection[]) => {
      world.there = classOf(list, Number(world.there.metadata?.resourceVersion) + 1)
    },
    regions: () => world.there.status?.connections?.map(({ config }) => config['region']),
  }
}

it('writes what is missing, once for all who ask at one time, and nothing where it is there', async () => {
  const { memory, regions, world } = given(at('r1'))
  await memory.remember('small', [at('r1')])
  expect(world.writes).toBe(0)
  await Promise.all([memory.remember('small', [at('r2')]), memory.remember('small', [at('r2'), at('r1')])])
  expect([regions(), world.writes]).toEqual([['r1', 'r2'], 1])
})

it('keeps what somebody else has written meanwhile', async () => {
  const { memory, edit, regions } = given()
  edit([at('r7')])
  await memory.remember('small', [at('r1')])
  expect(regions()).toEqual(['r7', 'r1'])
})

it('waits for a write that takes off what is asked for, and puts it back', async () => {
  const { memory, regions, world } = given(at('r1'))
  const answer = Promise.withResolvers<void>()
  world.held = answer.promise
  const forgotten = memory.forget('small', () => false)
  const remembered = memory.remember('small', [at('r1')])
  answer.resolve()
  await Promise.all([forgotten, remembered])
  expect([regions(), world.writes]).toEqual([['r1'], 2])
})

it('asks once more what is left where another version came in between', async () => {
  const { memory, edit, regions } = given(at('r1'), at('r2'))
  edit([at('r1'), at('r2'), at('r3')])
  const asked: unknown[] = []
  await memory.forget('small', (_class, { config }) => {
    asked.push(config['region'])
    return config['region'] !== 'r1'
  })
  expect(regions()).toEqual(['r2', 'r3'])
  expect(asked).toEqual(['r1', 'r2', 'r1', 'r2', 'r3'])
})

it('goes on after a write that failed', async () => {
  const { memory, regions, world } = given()
  world.held = Promise.reject(new Error('no answer'))
  await expect(memory.remember('small', [at('r1')])).rejects.toThrow('no answer')
  world.held = undefined
  await memory.remember('small', [at('r1')])
  expect(regions()).toEqual(['r1'])
})
