import assert from 'node:assert/strict'
import { ability, method } from '../manifest.ts'
import type { GroupTopic } from '../trial.ts'

export const create: GroupTopic = {
  name: 'create and destroy',
  trials: [
    {
      name: 'makes a group that carries its owner and its revision, with its machines',
      needs: [method('create')],
      async run(stage) {
        const request = stage.request()
        const { id } = await stage.lasting('create', stage.method('create')(request, stage.call()))
        const group = await stage.shown('its machines', id, ({ members }) => members.length === request.size)
        assert.deepEqual(group.owner, request.owner)
        assert.equal(group.revision, request.revision)
        assert.equal(group.size, request.size)
        for (const { revision } of group.members) assert.equal(revision, request.revision)
      },
    },
    {
      name: 'makes one group of one request, however often it is asked',
      needs: [method('create')],
      async run(stage) {
        const request = stage.request()
        const first = await stage.lasting('create', stage.method('create')(request, stage.call()))
        const second = await stage.lasting('create', stage.method('create')(request, stage.call()))
        assert.equal(second.id, first.id)
        await stage.settled(first.id)
        assert.equal((await stage.list()).filter(({ owner }) => owner?.set === request.owner.set).length, 1)
      },
    },
    {
      name: 'makes no second group when its answer got lost',
      needs: [method('create'), ability('loseAnswer')],
      async run(stage) {
        const request = stage.request()
        stage.ability('loseAnswer')('create')
        await stage.refusal('a create whose answer is lost', stage.method('create')(request, stage.call()))
        const { id } = await stage.lasting('create', stage.method('create')(request, stage.call()))
        await stage.settled(id)
        assert.equal((await stage.list()).filter(({ owner }) => owner?.set === request.owner.set).length, 1)
      },
    },
    {
      name: 'leaves a group of that name alone which is somebody else’s',
      needs: [method('create')],
      async run(stage) {
        const theirs = stage.request()
        const { id } = await stage.lasting('create', stage.method('create')(theirs, stage.call()))
        await stage.settled(id)
        await stage.refusal('a name that is taken', stage.method('create')(stage.request({ name: theirs.name }), stage.call()))
        const group = await stage.shown('its owner', id, ({ owner }) => owner !== undefined)
        assert.deepEqual(group.owner, theirs.owner)
      },
    },
    {
      name: 'says InvalidConfig of what the cloud refuses, and makes nothing',
      needs: [method('create'), ability('impossibleConfig')],
      async run(stage) {
        const request = stage.request({ config: stage.ability('impossibleConfig') })
        const { code } = await stage.refusal('an impossible group', stage.method('create')(request, stage.call()))
        assert.equal(code, 'InvalidConfig')
        assert.deepEqual(await stage.list(), [])
      },
    },
    {
      name: 'destroys a group with its machines, and no other',
      needs: [method('destroy')],
      async run(stage) {
        const [mine, other] = [await stage.given({ size: 2 }), await stage.given({ size: 1 })]
        await stage.lasting('destroy', stage.method('destroy')(mine, stage.call()))
        await stage.until('it is gone', async () => (await stage.world.cloud.truth(mine.id)) === undefined)
        assert.deepEqual(await stage.settled(other.id), { size: 1, members: other.members.map(({ id }) => id) })
      },
    },
    {
      name: 'destroys a second time without harm, or says Busy or NotFound',
      needs: [method('destroy')],
      async run(stage) {
        const group = await stage.given({ size: 1 })
        await stage.lasting('destroy', stage.method('destroy')(group, stage.call()))
        await again(stage, group)
        await stage.until('it is gone', async () => (await stage.world.cloud.truth(group.id)) === undefined)
        await again(stage, group)
      },
    },
  ],
}

type Stage = Parameters<GroupTopic['trials'][number]['run']>[0]

const again = async (stage: Stage, group: Awaited<ReturnType<Stage['given']>>): Promise<void> => {
  const error = await stage.lasting(
    'destroy',
    stage
      .method('destroy')(group, stage.call())
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      ),
  )
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : error
  assert.ok(code === undefined || code === 'Busy' || code === 'NotFound', `destroying again threw ${String(error)}`)
}
