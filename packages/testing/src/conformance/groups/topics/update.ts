import assert from 'node:assert/strict'
import { method } from '../manifest.ts'
import type { GroupTopic } from '../trial.ts'

export const update: GroupTopic = {
  name: 'update',
  trials: [
    {
      name: 'has new machines carry the new revision, and leaves those that are there',
      needs: [method('update')],
      async run(stage) {
        const group = await stage.given({ size: 1 })
        await stage.lasting('update', stage.method('update')(group, { config: stage.config, revision: 'r2' }, stage.call()))
        const told = await stage.shown('its new revision', group.id, ({ revision }) => revision === 'r2')
        assert.deepEqual(await stage.settled(group.id), { size: 1, members: group.members.map(({ id }) => id) })
        assert.notEqual(told.members[0]?.revision, 'r2')
        await stage.lasting('resize', stage.connection.resize(told, 2, stage.call()))
        const grown = await stage.shown('another machine', group.id, ({ members }) => members.length === 2)
        const other = grown.members.find(({ id }) => id !== group.members[0]?.id)
        assert.equal(other?.revision, 'r2')
      },
    },
    {
      name: 'does no harm the second time',
      needs: [method('update')],
      async run(stage) {
        const group = await stage.given({ size: 1 })
        for (const _time of [1, 2]) {
          await stage.lasting('update', stage.method('update')(group, { config: stage.config, revision: 'r2' }, stage.call()))
        }
        await stage.shown('its new revision', group.id, ({ revision }) => revision === 'r2')
        assert.deepEqual(await stage.settled(group.id), { size: 1, members: group.members.map(({ id }) => id) })
      },
    },
  ],
}
