import assert from 'node:assert/strict'
import { type Machine, ProviderError } from '@kube-node/core/provider'
import { cloud } from '../manifest.ts'
import type { Stage } from '../stage.ts'
import type { MachineTopic } from '../trial.ts'

export const deletion: MachineTopic = {
  name: 'delete',
  trials: [
    {
      name: 'takes the machine away',
      async run(stage) {
        const machine = await stage.create()
        await stage.remove(machine)
        assert.deepEqual(await stage.living(), [])
      },
    },
    {
      name: 'takes no other machine away',
      async run(stage) {
        const [a, b] = [await stage.create(), await stage.create()]
        await stage.remove(a)
        assert.deepEqual(await stage.living(), [b.id])
      },
    },
    {
      name: 'does no harm the second time',
      async run(stage) {
        const machine = await stage.create()
        await stage.listed(machine.id)
        await stage.delete(machine)
        await deleteAgain(stage, machine)
        await stage.gone(machine.id)
      },
    },
    {
      name: 'takes a machine that is no longer there for deleted, or says NotFound',
      async run(stage) {
        const machine = await stage.create()
        await stage.remove(machine)
        await deleteAgain(stage, machine)
      },
    },
    {
      name: 'can be repeated when its answer got lost',
      needs: [cloud('loseAnswer')],
      async run(stage) {
        const machine = await stage.create()
        await stage.listed(machine.id)
        stage.cloud('loseAnswer')('delete')
        await stage.refusal('a delete whose answer is lost', stage.connection.delete(machine, stage.call()))
        await deleteAgain(stage, machine)
        await stage.gone(machine.id)
      },
    },
    {
      name: "leaves somebody else's machines alone",
      needs: [cloud('createForeign', 'machines')],
      async run(stage) {
        const foreign = await stage.cloud('createForeign')()
        const machine = await stage.create()
        await stage.remove(machine)
        assert.deepEqual(await stage.living(), [foreign])
      },
    },
  ],
}

/** By then it may be on its way or gone, as fast as the cloud is. */
const deleteAgain = async (stage: Stage, machine: Machine): Promise<void> => {
  const again = stage.connection.delete(machine, stage.call())
  const error = await stage.lasting(
    'delete',
    again.then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
  )
  const fine = error === undefined || (ProviderError.is(error) && error.code === 'NotFound')
  assert.ok(fine, `deleting again must resolve, or throw ProviderError NotFound; it threw ${String(error)}`)
}
