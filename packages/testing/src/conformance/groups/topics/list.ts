import assert from 'node:assert/strict'
import { ability, knowsPageSize } from '../manifest.ts'
import type { GroupTopic } from '../trial.ts'

export const list: GroupTopic = {
  name: 'list',
  trials: [
    {
      name: 'shows a group with its size and its machines, each once',
      async run(stage) {
        const { id, size, members } = await stage.given({ size: 2 })
        const truth = await stage.truth(id)
        assert.equal(size, truth.size)
        assert.deepEqual(members.map(member => member.id).toSorted(), [...truth.members].toSorted())
        for (const { providerID, createdAt } of members) {
          assert.match(providerID, /^[a-z][a-z0-9+.-]*:\/\//)
          assert.ok(!Number.isNaN(Date.parse(createdAt)), `a member was created at ${createdAt}`)
        }
        assert.equal(new Set(members.map(({ providerID }) => providerID)).size, members.length)
      },
    },
    {
      name: 'shows every group once, over all its pages',
      needs: [knowsPageSize],
      async run(stage) {
        const made: string[] = []
        for (let i = 0; i <= 2 * (stage.manifest.pageSize ?? 1); i++) made.push((await stage.given({ size: 0 })).id)
        const shown = (await stage.list()).map(({ id }) => id).filter(id => made.includes(id))
        assert.deepEqual(shown.toSorted(), made.toSorted())
      },
    },
    {
      name: 'shows what others did to a group',
      async run(stage) {
        const { id } = await stage.given({ size: 1 })
        await stage.world.cloud.resize(id, 2)
        await stage.shown('its new size', id, ({ size, members }) => size === 2 && members.length === 2)
      },
    },
    {
      name: 'shows a machine that leaves as one that does, or not at all',
      async run(stage) {
        const group = await stage.given({ size: 2 })
        const [first] = group.members
        await stage.remove(group, [first?.id ?? ''], false)
        await stage.settled(group.id)
        const shown = (await stage.list()).find(({ id }) => id === group.id)?.members.find(({ id }) => id === first?.id)
        assert.ok(shown === undefined || shown.state === 'stopping' || shown.state === 'gone', `it is shown as ${shown?.state ?? ''}`)
      },
    },
    {
      name: 'throws when its signal has fired, instead of ending early',
      async run(stage) {
        await stage.given({ size: 1 })
        const stop = new AbortController()
        stop.abort(new Error('given up'))
        const outcome = await stage.pages(stage.call(stop.signal)).then(
          () => 'answered' as const,
          () => 'thrown' as const,
        )
        assert.equal(outcome, 'thrown')
      },
    },
    {
      name: 'throws when nobody can reach the cloud',
      needs: [ability('outage')],
      async run(stage) {
        await stage.given({ size: 1 })
        stage.ability('outage')()
        await stage.refusal('a list without a cloud', stage.pages())
      },
    },
    {
      name: 'says which scope it could not ask, or throws',
      needs: [ability('hideScope')],
      async run(stage) {
        const { id, members } = await stage.given({ size: 1 })
        stage.ability('hideScope')()
        const pages = await stage.pages().catch(() => 'refused' as const)
        if (pages === 'refused') return
        const shown = pages.flatMap(({ items }) => items).find(group => group.id === id)
        const missing = pages.flatMap(page => page.missing ?? [])
        assert.ok(shown?.members.length === members.length || missing.length > 0, 'a shorter list that does not say what it lacks')
      },
    },
    {
      name: 'is plain data: it survives JSON as it is',
      async run(stage) {
        await stage.given({ size: 1 })
        const groups = await stage.list()
        assert.deepEqual(JSON.parse(JSON.stringify(groups)), groups)
      },
    },
  ],
}
