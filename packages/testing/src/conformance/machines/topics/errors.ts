import assert from 'node:assert/strict'
import { provesNothingMade } from '@kube-node/core'
import type { ErrorCode } from '@kube-node/core/provider'
import { cloud, takesCredentials } from '../manifest.ts'
import { parsed } from '../../suite/index.ts'
import type { Stage } from '../stage.ts'
import type { MachineTopic } from '../trial.ts'

export const errors: MachineTopic = {
  name: 'errors',
  trials: [
    {
      name: 'Unauthorized, for credentials that the cloud turns away',
      needs: [takesCredentials, cloud('refusedCredentials')],
      async run(stage) {
        // Connecting is where a provider may find out too.
        const trying = async (): Promise<unknown> => {
          const connection = stage.connect({ credentials: stage.cloud('refusedCredentials') })
          return connection.create(stage.request(), stage.call())
        }
        const { code } = await stage.providerError('a create with credentials that are turned away', trying())
        assert.equal(code, 'Unauthorized')
      },
    },
    {
      name: 'InvalidConfig, for a config that the cloud can never serve',
      needs: [cloud('impossibleConfig')],
      async run(stage) {
        const config = parsed('the impossible config', stage.definition.config, stage.cloud('impossibleConfig'))
        await refusedBy(stage, 'InvalidConfig', stage.request({ config }))
      },
    },
    {
      name: 'InsufficientCapacity, with the scope that is out of stock',
      needs: [cloud('stockout')],
      async run(stage) {
        const restock = await stage.cloud('stockout')()
        const { scope } = (await refusedBy(stage, 'InsufficientCapacity')).facts
        const parts = Object.values(scope ?? {}).filter(part => part !== undefined)
        assert.ok(parts.length > 0, 'without a scope core can not try another zone or type')
        restock()
        await stage.create()
      },
    },
    {
      name: 'QuotaExceeded, for an account that is full',
      needs: [cloud('exhaustQuota')],
      async run(stage) {
        const before = await stage.living()
        const lift = await stage.cloud('exhaustQuota')()
        const { code } = await stage.providerError('a create beyond the quota', stage.connection.create(stage.request(), stage.call()))
        assert.equal(code, 'QuotaExceeded')
        lift()
        const { id } = await stage.create()
        assert.deepEqual(
          before,
          (await stage.living()).filter(living => living !== id),
        )
      },
    },
    {
      name: 'RateLimited, with the time to wait where the cloud says it',
      needs: [cloud('throttle')],
      async run(stage) {
        const { lift, retryAfterMs } = stage.cloud('throttle')()
        const { facts } = await refusedBy(stage, 'RateLimited')
        if (retryAfterMs !== undefined) assert.equal(facts.retryAfterMs, retryAfterMs)
        lift()
        await stage.create()
      },
    },
    {
      name: 'Unavailable, when the cloud can not be reached: never an empty list',
      needs: [cloud('outage')],
      async run(stage) {
        const machine = await stage.create()
        await stage.listed(machine.id)
        const lift = stage.cloud('outage')()
        const asked: Readonly<Record<string, Promise<unknown>>> = {
          create: stage.connection.create(stage.request(), stage.call()),
          delete: stage.connection.delete(machine, stage.call()),
          list: stage.list(),
        }
        for (const [operation, work] of Object.entries(asked)) work.catch(() => operation)
        for (const [operation, work] of Object.entries(asked)) {
          const { code } = await stage.providerError(`${operation} while the cloud is down`, work)
          assert.equal(code, 'Unavailable', `${operation} while the cloud is down`)
        }
        lift()
        await stage.create()
      },
    },
    {
      name: 'a ProviderError that proves nothing, when a proxy answers in place of the cloud',
      needs: [cloud('garble')],
      async run(stage) {
        const machine = await stage.create()
        await stage.listed(machine.id)
        const lift = stage.cloud('garble')()
        const create = await stage.providerError('create', stage.connection.create(stage.request(), stage.call()))
        assert.ok(
          !provesNothingMade(create),
          `${create.code} lets core begin another attempt, though who knows what happened behind the proxy`,
        )
        await stage.providerError('delete', stage.connection.delete(machine, stage.call()))
        await stage.providerError('list', stage.list())
        lift()
        await stage.listed(machine.id)
      },
    },
    {
      name: 'never claims that nothing was made when something was',
      needs: [cloud('loseAnswer', 'machines')],
      async run(stage) {
        stage.cloud('loseAnswer')('create')
        const create = stage.connection.create(stage.request(), stage.call())
        const error = await stage.providerError('a create whose answer is lost', create)
        assert.equal((await stage.living()).length, 1)
        const { code, facts } = error
        assert.ok(!provesNothingMade(error), `${code} with outcome ${facts.outcome} lets core begin another attempt`)
      },
    },
  ],
}

/** A create that must end with that code, and must have made nothing. */
const refusedBy = async (stage: Stage, code: ErrorCode, request = stage.request()): ReturnType<Stage['providerError']> => {
  const error = await stage.providerError(`a create that is ${code}`, stage.connection.create(request, stage.call()))
  assert.equal(error.code, code, error.message)
  if (stage.world.cloud?.machines) assert.deepEqual(await stage.living(), [], `${code} and yet a machine was made`)
  return error
}
