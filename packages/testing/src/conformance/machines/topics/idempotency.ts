import assert from 'node:assert/strict'
import { provesNothingMade } from '@kube-node/core'
import { ProviderError } from '@kube-node/core/provider'
import { cloud, idempotentBy } from '../manifest.ts'
import { nameOf } from '../request.ts'
import type { MachineTopic } from '../trial.ts'

const atOnce = 10

export const idempotency: MachineTopic = {
  name: 'idempotency',
  trials: [
    {
      name: 'answers a repeated request with the same machine',
      needs: [idempotentBy('token', 'unique-name')],
      async run(stage) {
        const request = stage.request()
        const first = await stage.create(request)
        assert.equal((await stage.create(structuredClone(request))).id, first.id)
        assert.deepEqual(await stage.living(), [first.id])
      },
    },
    {
      name: 'makes one machine of ten requests at once',
      needs: [idempotentBy('token', 'unique-name')],
      async run(stage) {
        const request = stage.request()
        const calls = Array.from({ length: atOnce }, () => stage.connection.create(structuredClone(request), stage.call()))
        const outcomes = await stage.lasting('ten creates', Promise.allSettled(calls))
        const ids = new Set(outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value.id] : [])))
        assert.equal(ids.size, 1, `${ids.size} machines were answered: some may be refused as Busy, the others speak of one machine`)
        assert.deepEqual(await stage.living(), [...ids])
      },
    },
    {
      name: 'answers the machine that was made when the first answer got lost',
      needs: [idempotentBy('token', 'unique-name'), cloud('loseAnswer')],
      async run(stage) {
        const request = stage.request()
        stage.cloud('loseAnswer')('create')
        await stage.refusal('a create whose answer is lost', stage.connection.create(request, stage.call()))
        const machine = await stage.create(structuredClone(request))
        assert.deepEqual(await stage.living(), [machine.id])
      },
    },
    {
      name: 'makes another machine for another attempt',
      async run(stage) {
        const request = stage.request()
        const first = await stage.create(request)
        const token = `${request.owner.claim}-2`
        const owner = { ...request.owner, attempt: 2 }
        const second = await stage.create({ ...request, token, owner, name: nameOf(stage.runtime, stage.definition) })
        assert.notEqual(second.id, first.id)
      },
    },
    {
      name: 'makes no second machine of one token, whatever else the request says',
      needs: [idempotentBy('token')],
      async run(stage) {
        const request = stage.request()
        const first = await stage.create(request)
        const other = stage.connection.create({ ...request, name: nameOf(stage.runtime, stage.definition) }, stage.call())
        const answer = await stage.lasting(
          'the other request',
          other.then(
            ({ id }) => id,
            () => 'refused',
          ),
        )
        assert.ok(answer === first.id || answer === 'refused', `one token made ${first.id} and ${answer}`)
        assert.deepEqual(await stage.living(), [first.id])
      },
    },
    {
      name: 'makes no second machine of the token of one that is gone',
      needs: [idempotentBy('token')],
      async run(stage) {
        const request = stage.request()
        const first = await stage.create(request)
        await stage.remove(first)
        const again = stage.connection.create(structuredClone(request), stage.call())
        const state = await stage.lasting(
          'the repeated request',
          again.then(
            machine => machine.state,
            () => 'refused' as const,
          ),
        )
        assert.ok(['gone', 'stopping', 'refused'].includes(state), `the token of a dead machine answered one that is ${state}`)
        assert.deepEqual(await stage.living(), [])
      },
    },
    {
      name: "does not take another claim's machine for its own because it has the name",
      needs: [idempotentBy('unique-name')],
      async run(stage) {
        const request = stage.request()
        const first = await stage.create(request)
        const work = stage.connection.create(stage.request({ name: request.name }), stage.call())
        await stage.refusal('a create with the name of another claim', work)
        assert.deepEqual(await stage.living(), [first.id])
      },
    },
    {
      name: 'shows a machine whose answer got lost to the list that core looks it up in',
      needs: [idempotentBy('lookup'), cloud('loseAnswer')],
      async run(stage) {
        const request = stage.request()
        stage.cloud('loseAnswer')('create')
        const error = await stage.refusal('a create whose answer is lost', stage.connection.create(request, stage.call()))
        assert.ok(!ProviderError.is(error) || !provesNothingMade(error), 'it says that nothing was made')
        const [id] = await stage.living()
        const found = await stage.listed(id ?? 'that was made')
        assert.deepEqual(found.owner, request.owner, 'without its claim and attempt core can not find it again')
      },
    },
  ],
}
