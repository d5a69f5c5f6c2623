import assert from 'node:assert/strict'
import { ProviderError } from '@kube-node/core/provider'
import { cloud, idempotentBy, method } from '../manifest.ts'
import { parsed } from '../../suite/index.ts'
import type { MachineTopic } from '../trial.ts'

export const batches: MachineTopic = {
  name: 'batches',
  trials: [
    {
      name: 'createMany answers as many machines as were asked for, in that order',
      needs: [method('createMany')],
      directOnly: true,
      async run(stage) {
        const requests = Array.from({ length: 5 }, () => stage.request())
        const outcomes = await stage.lasting('createMany', stage.method('createMany')(requests, stage.call()))
        assert.deepEqual(
          outcomes.map(({ error }) => error),
          requests.map(() => undefined),
        )
        assert.deepEqual(
          outcomes.map(outcome => (outcome.error ? undefined : outcome.value.owner?.claim)),
          requests.map(({ owner }) => owner.claim),
        )
      },
    },
    {
      name: 'createMany tells of the one that failed in its place, and makes the others',
      needs: [method('createMany'), cloud('impossibleConfig')],
      directOnly: true,
      async run(stage) {
        const impossible = parsed('the impossible config', stage.definition.config, stage.cloud('impossibleConfig'))
        const requests = [stage.request({ config: impossible }), stage.request(), stage.request()]
        const outcomes = await stage.lasting('createMany', stage.method('createMany')(requests, stage.call()))
        assert.deepEqual(
          outcomes.map(({ error }) => error !== undefined),
          [true, false, false],
        )
        assert.ok(outcomes.every(({ error }) => error === undefined || ProviderError.is(error)))
        assert.equal((await stage.living()).length, 2)
      },
    },
    {
      name: 'createMany answers repeated requests with the same machines',
      needs: [method('createMany'), idempotentBy('token', 'unique-name')],
      directOnly: true,
      async run(stage) {
        const requests = Array.from({ length: 3 }, () => stage.request())
        const ids = async (): Promise<readonly string[]> => {
          const outcomes = await stage.lasting('createMany', stage.method('createMany')(structuredClone(requests), stage.call()))
          return outcomes.map(outcome => (outcome.error ? outcome.error.code : outcome.value.id))
        }
        assert.deepEqual(await ids(), await ids())
        assert.equal((await stage.living()).length, 3)
      },
    },
    {
      name: 'deleteMany answers as many as were asked for, and takes exactly these machines away',
      needs: [method('deleteMany')],
      directOnly: true,
      async run(stage) {
        const [a, b, c] = [await stage.create(), await stage.create(), await stage.create()]
        for (const { id } of [a, b, c]) await stage.listed(id)
        const outcomes = await stage.lasting('deleteMany', stage.method('deleteMany')([c, a], stage.call()))
        assert.deepEqual(
          outcomes.map(({ error }) => error),
          [undefined, undefined],
        )
        await stage.gone(a.id)
        await stage.gone(c.id)
        assert.deepEqual(await stage.living(), [b.id])
        assert.equal((await stage.lasting('deleteMany', stage.method('deleteMany')([a, c, b], stage.call()))).length, 3)
      },
    },
  ],
}
