import assert from 'node:assert/strict'
import { bootstrapBy, cloud, limitsUserData } from '../manifest.ts'
import { defaultMaxNameLength, nameOf } from '../request.ts'
import type { MachineTopic } from '../trial.ts'

export const limits: MachineTopic = {
  name: 'limits',
  trials: [
    {
      name: 'takes names as long as it declares',
      async run(stage) {
        const longest = stage.definition.maxNameLength ?? defaultMaxNameLength
        const name = nameOf(stage.runtime, stage.definition, longest)
        assert.equal(name.length, longest)
        const { id } = await stage.create(stage.request({ name }))
        assert.deepEqual(await stage.living(), [id])
      },
    },
    {
      name: 'takes user data as long as it declares',
      needs: [bootstrapBy('user-data'), limitsUserData],
      async run(stage) {
        const bytes = new Uint8Array(stage.definition.maxUserData ?? 0).fill(0x23)
        await stage.create(stage.request({ bootstrap: { kind: 'user-data', bytes } }))
      },
    },
    {
      name: 'refuses longer user data before it makes anything, or takes it whole',
      needs: [bootstrapBy('user-data'), limitsUserData, cloud('machines', 'userData')],
      async run(stage) {
        const bytes = new Uint8Array((stage.definition.maxUserData ?? 0) + 1).fill(0x23)
        const create = stage.connection.create(stage.request({ bootstrap: { kind: 'user-data', bytes } }), stage.call())
        const id = await stage.lasting(
          'create',
          create.then(
            machine => machine.id,
            () => undefined,
          ),
        )
        assert.deepEqual(await stage.living(), id === undefined ? [] : [id])
        if (id !== undefined) assert.equal((await stage.cloud('userData')(id))?.length, bytes.length, 'the user data was cut')
      },
    },
  ],
}
