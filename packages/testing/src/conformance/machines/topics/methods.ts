import assert from 'node:assert/strict'
import { cloud, method } from '../manifest.ts'
import { parsed } from '../../suite/index.ts'
import type { MachineTopic } from '../trial.ts'

/** A quantity as Kubernetes writes it: 4, 500m, 15Gi, 1e3. */
const quantity = /^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]+)?$/

export const methods: MachineTopic = {
  name: 'optional methods',
  trials: [
    {
      name: 'account is the same on every connection of these credentials',
      needs: [method('account')],
      directOnly: true,
      async run(stage) {
        const first = await stage.lasting('account', stage.method('account')(stage.call()))
        assert.notEqual(first, '')
        await using another = stage.connect()
        assert.equal(await stage.lasting('account', Promise.resolve(another.account?.(stage.call()))), first)
      },
    },
    {
      name: "adopt makes a machine that nobody owns the claim's own, also when it is asked again",
      needs: [method('adopt'), cloud('adoptable')],
      directOnly: true,
      async run(stage) {
        const foreign = await stage.cloud('adoptable')()
        const { owner } = stage.request()
        const adopt = stage.method('adopt')
        for (let i = 0; i < 2; i++) {
          const machine = await stage.lasting('adopt', adopt(foreign, owner, stage.call()))
          assert.deepEqual(machine.owner, owner)
          assert.deepEqual((await stage.listed(machine.id)).owner, owner, 'the list does not show it as ours')
        }
      },
    },
    {
      name: "adopt leaves another claim's machine to it",
      needs: [method('adopt')],
      directOnly: true,
      async run(stage) {
        const machine = await stage.create()
        const listed = await stage.listed(machine.id)
        const { owner } = stage.request()
        const error = await stage.providerError('an adoption', stage.method('adopt')(machine.providerID, owner, stage.call()))
        assert.equal(error.code, 'InvalidConfig')
        assert.deepEqual((await stage.listed(machine.id)).owner, listed.owner)
      },
    },
    {
      name: 'get finds a machine as the list shows it',
      needs: [method('get')],
      directOnly: true,
      async run(stage) {
        const machine = await stage.create()
        const { id, providerID, owner } = await stage.listed(machine.id)
        const found = await stage.lasting('get', stage.method('get')(machine, stage.call()))
        assert.deepEqual({ id: found?.id, providerID: found?.providerID, owner: found?.owner }, { id, providerID, owner })
      },
    },
    {
      name: 'get answers undefined, or gone, for a machine that is no more',
      needs: [method('get')],
      directOnly: true,
      async run(stage) {
        const machine = await stage.create()
        await stage.remove(machine)
        const found = await stage.lasting('get', stage.method('get')(machine, stage.call()))
        assert.ok(found === undefined || found.state === 'gone', `it answers a machine that is ${found?.state}`)
      },
    },
    {
      name: 'resolve answers the same for the same config, and its own answer for its answer',
      needs: [method('resolve')],
      directOnly: true,
      async run(stage) {
        const resolve = (config: typeof stage.config): Promise<typeof stage.config> =>
          stage.lasting('resolve', stage.method('resolve')(config, stage.call()))
        const once = await resolve(stage.config)
        assert.deepEqual(parsed('a resolved config', stage.definition.config, once), once)
        assert.deepEqual(await resolve(stage.config), once)
        assert.deepEqual(await resolve(once), once)
      },
    },
    {
      name: 'resolve leaves the keys of the connection as they are',
      needs: [method('resolve')],
      directOnly: true,
      async run(stage) {
        const { connection, config } = stage.definition
        const asked = parsed('the config of the class', config, stage.config)
        const answered = await stage.lasting('resolve', stage.method('resolve')(stage.config, stage.call()))
        for (const key of connection)
          assert.deepEqual(answered[key], asked[key], `it answers another ${key}, which is another connection's`)
      },
    },
    {
      name: 'drift finds none in a machine that was just made',
      needs: [method('drift')],
      directOnly: true,
      async run(stage) {
        const machine = await stage.create()
        assert.equal(await stage.lasting('drift', stage.method('drift')(machine, stage.config, stage.call())), undefined)
      },
    },
    {
      name: 'capacity names cpu, memory and pods in quantities',
      needs: [method('capacity')],
      directOnly: true,
      async run(stage) {
        const capacity = await stage.lasting('capacity', stage.method('capacity')(stage.config, stage.call()))
        for (const name of ['cpu', 'memory', 'pods']) assert.ok(capacity[name] !== undefined, `it says nothing of ${name}`)
        for (const [name, amount] of Object.entries(capacity)) assert.match(amount, quantity, name)
      },
    },
    {
      name: 'interruptions end with their signal',
      needs: [method('interruptions')],
      directOnly: true,
      async run(stage) {
        const stop = new AbortController()
        const { sleeping } = stage.clock
        const reading = async (): Promise<void> => {
          for await (const _notice of stage.method('interruptions')(stage.call(stop.signal))) continue
        }
        const over = reading().then(
          () => 'ended',
          () => 'ended',
        )
        await stage.lasting('a pause', stage.clock.sleep(50))
        stop.abort(new Error('given up'))
        assert.equal(await stage.lasting('the end of interruptions', over, 1_000), 'ended')
        assert.equal(stage.clock.sleeping, sleeping, 'it left a sleep behind')
      },
    },
    {
      name: 'configure does no harm the second time',
      needs: [method('configure')],
      directOnly: true,
      async run(stage) {
        const machine = await stage.create()
        const steps = [{ id: 'greet', run: { command: 'echo hello' } }]
        for (let i = 0; i < 2; i++) {
          await stage.lasting('configure', stage.method('configure')(machine, steps, stage.config, stage.call()))
        }
      },
    },
  ],
}
