import assert from 'node:assert/strict'
import type { Call } from '@kube-node/core/provider'
import { cloud } from '../manifest.ts'
import type { Stage } from '../stage.ts'
import type { MachineTopic } from '../trial.ts'

/** How long after its signal a call may still take to settle. */
const soonMs = 1_000

export const abort: MachineTopic = {
  name: 'abort',
  trials: [
    {
      name: 'a create whose signal has fired makes nothing',
      directOnly: true,
      async run(stage) {
        const stop = new AbortController()
        stop.abort(new Error('given up'))
        await stage.refusal('a create with a fired signal', stage.connection.create(stage.request(), stage.call(stop.signal)))
        assert.deepEqual(await stage.living(), [])
      },
    },
    {
      name: 'a create settles soon after its signal',
      needs: [cloud('hang')],
      directOnly: true,
      run: stage => settlesSoon(stage, 'create', (connection, call) => connection.create(stage.request(), call)),
    },
    {
      name: 'a list settles soon after its signal',
      needs: [cloud('hang')],
      directOnly: true,
      run: stage =>
        settlesSoon(stage, 'list', async (connection, call) => {
          for await (const _page of connection.list(call)) continue
        }),
    },
    {
      name: 'a delete settles soon after its signal',
      needs: [cloud('hang')],
      directOnly: true,
      async run(stage) {
        const machine = await stage.create()
        await settlesSoon(stage, 'delete', (connection, call) => connection.delete(machine, call))
      },
    },
  ],
}

const settlesSoon = async (
  stage: Stage,
  operation: 'create' | 'list' | 'delete',
  work: (connection: Stage['connection'], call: Call) => Promise<unknown>,
): Promise<void> => {
  // The connection is open before we count: what it sleeps by itself is not what this call leaves behind.
  const { connection } = stage
  const { sleeping } = stage.clock
  stage.cloud('hang')(operation)
  const stop = new AbortController()
  const waiting = work(connection, stage.call(stop.signal))
  waiting.catch(() => operation)
  // Long enough for the question to have left.
  await stage.lasting('a pause', stage.clock.sleep(50))
  stop.abort(new Error('given up'))
  await stage.refusal(`a ${operation} whose signal has fired`, waiting, soonMs)
  assert.equal(stage.clock.sleeping, sleeping, `the ${operation} left a sleep behind`)
}
