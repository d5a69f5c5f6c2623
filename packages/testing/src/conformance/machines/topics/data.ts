import assert from 'node:assert/strict'
import type { Machine } from '@kube-node/core/provider'
import type { MachineTopic } from '../trial.ts'

export const data: MachineTopic = {
  name: 'plain data',
  trials: [
    {
      name: 'is what create and list answer: it survives JSON as it is',
      async run(stage) {
        const made = await stage.create()
        assert.deepEqual(throughJson(made), made)
        const shown = await stage.listed(made.id)
        assert.deepEqual(throughJson(shown), shown)
      },
    },
    {
      name: 'that it was given stays as it was',
      async run(stage) {
        const request = stage.request()
        const before = structuredClone(request)
        const machine = await stage.create(request)
        assert.deepEqual(request, before, 'create changed its request')
        const copy = structuredClone(machine)
        await stage.delete(machine)
        assert.deepEqual(machine, copy, 'delete changed its machine')
      },
    },
    {
      name: 'may be frozen',
      async run(stage) {
        const machine = await stage.create(frozen(stage.request()))
        await stage.delete(frozen(structuredClone(machine)))
      },
    },
  ],
}

const throughJson = (machine: Machine): unknown => JSON.parse(JSON.stringify(machine))

/** All the way down, but for bytes, which can't be. */
const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
