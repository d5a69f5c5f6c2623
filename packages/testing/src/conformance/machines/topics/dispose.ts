import assert from 'node:assert/strict'
import type { MachineTopic } from '../trial.ts'

export const dispose: MachineTopic = {
  name: 'dispose',
  trials: [
    {
      name: 'ends, also the second time',
      async run(stage) {
        const connection = stage.connect()
        await stage.lasting('create', connection.create(stage.request(), stage.call()))
        await stage.lasting('closing', connection[Symbol.asyncDispose]())
        await stage.lasting('closing again', connection[Symbol.asyncDispose]())
      },
    },
    {
      name: 'leaves no sleep behind',
      async run(stage) {
        const connection = stage.connect()
        await stage.lasting('create', connection.create(stage.request(), stage.call()))
        await stage.lasting('closing', connection[Symbol.asyncDispose]())
        assert.equal(stage.clock.sleeping, 0)
      },
    },
    {
      name: 'takes neither machines nor other connections along',
      async run(stage) {
        const { id } = await stage.create()
        const other = stage.connect()
        await stage.lasting('closing', other[Symbol.asyncDispose]())
        const next = await stage.create()
        assert.deepEqual((await stage.living()).toSorted(), [id, next.id].toSorted())
      },
    },
  ],
}
