import assert from 'node:assert/strict'
import { ProviderError } from '@kube-node/core/provider'
import { ability } from '../manifest.ts'
import type { GroupStage } from '../stage.ts'
import type { GroupTopic } from '../trial.ts'

export const remove: GroupTopic = {
  name: 'remove',
  trials: [
    {
      name: 'takes exactly the machines that are named, and shrinks the group by them',
      async run(stage) {
        const group = await stage.given({ size: 3 })
        const [a, b, c] = group.members.map(({ id }) => id)
        await stage.remove(group, [a ?? '', c ?? ''], false)
        assert.deepEqual(await stage.settled(group.id), { size: 1, members: [b] })
        await stage.shown('its new size', group.id, ({ size }) => size === 1)
      },
    },
    {
      name: 'with replace takes exactly those, and the group makes as many others',
      async run(stage) {
        const group = await stage.given({ size: 2 })
        const [a, b] = group.members
        await stage.remove(group, [a?.id ?? ''], true)
        const { size, members } = await replaced(stage, group.id, a?.id ?? '')
        assert.equal(size, 2)
        assert.ok(members.includes(b?.id ?? ''))
        const shown = await stage.shown('another one', group.id, found =>
          members.every(id => found.members.some(member => member.id === id)),
        )
        const other = shown.members.find(({ id }) => id !== b?.id && members.includes(id))
        assert.notEqual(other?.providerID, a?.providerID)
        assert.ok(other?.nodeName === undefined || other.nodeName !== a?.nodeName, 'its successor has the name of its Node')
      },
    },
    {
      name: 'does no harm the second time',
      async run(stage) {
        const group = await stage.given({ size: 3 })
        const [a = ''] = group.members.map(({ id }) => id)
        await stage.remove(group, [a], false)
        await removeAgain(stage, group, a, false)
        assert.equal((await stage.settled(group.id)).size, 2)
        await removeAgain(stage, group, a, false)
        assert.equal((await stage.settled(group.id)).size, 2)
      },
    },
    {
      name: 'with replace does no harm the second time',
      async run(stage) {
        const group = await stage.given({ size: 2 })
        const [a = '', b = ''] = group.members.map(({ id }) => id)
        await stage.remove(group, [a], true)
        await removeAgain(stage, group, a, true)
        const { size, members } = await replaced(stage, group.id, a)
        assert.equal(size, 2)
        assert.ok(members.includes(b))
      },
    },
    {
      name: 'can be repeated when its answer got lost',
      needs: [ability('loseAnswer')],
      async run(stage) {
        const group = await stage.given({ size: 3 })
        const [a = ''] = group.members.map(({ id }) => id)
        stage.ability('loseAnswer')('remove')
        await stage.refusal('a removal whose answer is lost', stage.connection.remove(group, [a], { replace: false }, stage.call()))
        await removeAgain(stage, group, a, false)
        assert.equal((await stage.settled(group.id)).size, 2)
      },
    },
    {
      name: 'takes a machine that never was for removed, or says NotFound, and leaves the others',
      async run(stage) {
        const group = await stage.given({ size: 2 })
        const foreign = await stage.given({ size: 1 })
        await removeAgain(stage, group, foreign.members[0]?.id ?? '', false)
        assert.equal((await stage.settled(group.id)).size, 2)
        assert.deepEqual(await stage.settled(foreign.id), { size: 1, members: foreign.members.map(({ id }) => id) })
      },
    },
    {
      name: 'answers for each machine in the order that they were named in',
      async run(stage) {
        const group = await stage.given({ size: 2 })
        const ids = ['never-was', ...group.members.map(({ id }) => id)]
        const outcomes = await stage.lasting('remove', stage.connection.remove(group, ids, { replace: false }, stage.call()))
        assert.equal(outcomes.length, ids.length)
        for (const outcome of outcomes.slice(1)) assert.equal(outcome.error, undefined)
        assert.deepEqual(await stage.settled(group.id), { size: 0, members: [] })
      },
    },
    {
      name: 'says Busy of a group that takes no order, and removes nothing',
      needs: [ability('busy')],
      async run(stage) {
        const group = await stage.given({ size: 1 })
        await stage.ability('busy')(group.id)
        const code = await codeOf(stage, group, group.members[0]?.id ?? '')
        assert.equal(code, 'Busy')
        assert.equal((await stage.settled(group.id)).members.length, 1)
      },
    },
  ],
}

type Listed = Parameters<GroupStage['remove']>[0]

/** By then it may be on its way or gone, as fast as the cloud is. */
const removeAgain = async (stage: GroupStage, group: Listed, id: string, replace: boolean): Promise<void> => {
  const [outcome] = await stage.lasting('remove', stage.connection.remove(group, [id], { replace }, stage.call()))
  const fine = outcome !== undefined && (outcome.error === undefined || outcome.error.code === 'NotFound')
  assert.ok(fine, `removing again must succeed, or say NotFound; it said ${String(outcome?.error)}`)
}

const replaced = (stage: GroupStage, id: string, gone: string): ReturnType<GroupStage['truth']> =>
  stage.until(`${gone} is replaced`, async () => {
    const found = await stage.truth(id)
    return !found.members.includes(gone) && found.members.length >= 2 && found
  })

/** A refusal of the whole, or of each. */
const codeOf = async (stage: GroupStage, group: Listed, id: string): Promise<string | undefined> => {
  try {
    const [outcome] = await stage.lasting('remove', stage.connection.remove(group, [id], { replace: false }, stage.call()))
    return outcome?.error?.code
  } catch (error) {
    return ProviderError.is(error) ? error.code : String(error)
  }
}
