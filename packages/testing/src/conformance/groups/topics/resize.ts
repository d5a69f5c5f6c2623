import assert from 'node:assert/strict'
import { ability } from '../manifest.ts'
import type { GroupTopic } from '../trial.ts'

export const resize: GroupTopic = {
  name: 'resize',
  trials: [
    {
      name: 'makes a group larger, and touches none of its machines',
      async run(stage) {
        const group = await stage.given({ size: 1 })
        await stage.lasting('resize', stage.connection.resize(group, 3, stage.call()))
        const { size, members } = await stage.settled(group.id)
        assert.equal(size, 3)
        assert.ok(group.members.every(({ id }) => members.includes(id)))
        await stage.shown('its new size', group.id, shown => shown.size === 3 && shown.members.length === 3)
      },
    },
    {
      name: 'does no harm when the group has that size already',
      async run(stage) {
        const group = await stage.given({ size: 1 })
        await stage.lasting('resize', stage.connection.resize(group, 2, stage.call()))
        await stage.lasting('resize', stage.connection.resize(group, 2, stage.call()))
        assert.equal((await stage.settled(group.id)).size, 2)
      },
    },
    {
      name: 'is refused as Busy when the size was seen wrong, and changes nothing',
      async run(stage) {
        const group = await stage.given({ size: 1 })
        await stage.world.cloud.resize(group.id, 2)
        const { code } = await stage.refusal('a resize of what was seen before', stage.connection.resize(group, 5, stage.call()))
        assert.equal(code, 'Busy')
        assert.equal((await stage.settled(group.id)).size, 2)
      },
    },
    {
      name: 'never makes a group smaller',
      async run(stage) {
        const group = await stage.given({ size: 2 })
        await stage.refusal('a resize to less', stage.connection.resize(group, 1, stage.call()))
        const { size, members } = await stage.settled(group.id)
        assert.deepEqual({ size, members: [...members].toSorted() }, { size: 2, members: group.members.map(({ id }) => id).toSorted() })
      },
    },
    {
      name: 'can be repeated when its answer got lost',
      needs: [ability('loseAnswer')],
      async run(stage) {
        const group = await stage.given({ size: 1 })
        stage.ability('loseAnswer')('resize')
        await stage.refusal('a resize whose answer is lost', stage.connection.resize(group, 2, stage.call()))
        await stage.lasting('resize', stage.connection.resize(group, 2, stage.call()))
        assert.equal((await stage.settled(group.id)).size, 2)
      },
    },
    {
      name: 'is refused beyond the maximum of the group',
      async run(stage) {
        const group = await stage.given({ size: 1, max: 2 })
        assert.equal(group.max, 2)
        await stage.refusal('a resize beyond the maximum', stage.connection.resize(group, 3, stage.call()))
        assert.equal((await stage.settled(group.id)).size, 1)
      },
    },
    {
      name: 'says Busy of a group that takes no order, and lists show that it is',
      needs: [ability('busy')],
      async run(stage) {
        const group = await stage.given({ size: 1 })
        const lift = await stage.ability('busy')(group.id)
        await stage.shown('that it is busy', group.id, ({ busy }) => busy !== undefined && busy !== '')
        const { code } = await stage.refusal('an order to a busy group', stage.connection.resize(group, 2, stage.call()))
        assert.equal(code, 'Busy')
        lift()
        await stage.shown('that it is not busy', group.id, ({ busy }) => busy === undefined)
        await stage.lasting('resize', stage.connection.resize(group, 2, stage.call()))
      },
    },
    {
      name: 'settles soon after its signal, and orders nothing after it',
      async run(stage) {
        const group = await stage.given({ size: 1 })
        const stop = new AbortController()
        stop.abort(new Error('given up'))
        const outcome = await stage.lasting(
          'a resize with a fired signal',
          stage.connection.resize(group, 2, stage.call(stop.signal)).then(
            () => 'answered' as const,
            () => 'thrown' as const,
          ),
        )
        assert.equal(outcome, 'thrown')
        assert.equal((await stage.settled(group.id)).size, 1)
      },
    },
  ],
}
