import assert from 'node:assert/strict'
import { type Machine, type Page, covers } from '@kube-node/core/provider'
import { cloud, knowsPageSize } from '../manifest.ts'
import type { Stage } from '../stage.ts'
import type { MachineTopic } from '../trial.ts'

export const list: MachineTopic = {
  name: 'list',
  trials: [
    {
      name: "shows none of this cluster's machines when there are none",
      async run(stage) {
        assert.deepEqual(
          (await stage.list()).filter(({ owner }) => owner?.cluster === stage.cluster),
          [],
        )
      },
    },
    {
      name: 'shows a new machine within the consistency window',
      async run(stage) {
        const { id } = await stage.create()
        await stage.listed(id, stage.windowMs)
      },
    },
    {
      name: 'shows every machine once, over all its pages',
      needs: [knowsPageSize],
      async run(stage) {
        const made = await severalPages(stage)
        for (const id of made) await stage.listed(id)
        const shown = (await stage.list()).filter(({ id }) => made.includes(id))
        assert.deepEqual(shown.map(({ id }) => id).toSorted(), made.toSorted())
      },
    },
    {
      name: "never shows somebody else's machine as ours",
      needs: [cloud('createForeign')],
      async run(stage) {
        const foreign = await stage.cloud('createForeign')()
        const { id } = await stage.create()
        await stage.listed(id)
        const shown = (await stage.list()).find(machine => machine.id === foreign)
        assert.ok(shown?.owner?.cluster !== stage.cluster, 'a foreign machine carries our owner')
      },
    },
    {
      name: 'throws when its signal has fired, instead of ending early',
      directOnly: true,
      async run(stage) {
        const { id } = await stage.create()
        await stage.listed(id)
        const stop = new AbortController()
        stop.abort(new Error('given up'))
        await stage.refusal('a list with a fired signal', pagesOf(stage, stop))
      },
    },
    {
      name: 'throws when its signal fires between two pages, instead of ending early',
      needs: [knowsPageSize],
      directOnly: true,
      async run(stage) {
        await severalPages(stage)
        const end = stage.clock.monotonic() + stage.windowMs
        const whole = await stage.until('a list has several pages', async () => {
          const pages = await stage.lasting('a list', pagesOf(stage))
          return (pages.length > 1 || stage.clock.monotonic() >= end) && pages
        })
        // A provider that gathers its pages and yields once can't be interrupted between them.
        if (whole.length === 1) return
        await stage.refusal('a list whose signal fires after its first page', pagesOf(stage, new AbortController(), 1))
      },
    },
    {
      name: 'may be left early, and goes on from its beginning the next time',
      directOnly: true,
      async run(stage) {
        const { id } = await stage.create()
        await stage.listed(id)
        const sleeping = stage.clock.sleeping
        const leaving = async (): Promise<void> => {
          for await (const _page of stage.connection.list(stage.call())) break
        }
        await stage.lasting('leaving a list early', leaving())
        await stage.listed(id)
        assert.equal(stage.clock.sleeping, sleeping, 'it left a sleep behind')
      },
    },
    {
      name: 'says which scope it could not ask, or throws',
      needs: [cloud('hideScope')],
      directOnly: true,
      async run(stage) {
        const machine = await stage.create()
        await stage.listed(machine.id)
        stage.cloud('hideScope')()
        const pages = await stage.lasting(
          'a list',
          pagesOf(stage).catch(() => 'refused' as const),
        )
        if (pages === 'refused') return
        const shown = pages.some(({ items }) => items.some(({ id }) => id === machine.id))
        const missing = pages.flatMap(page => page.missing ?? [])
        assert.ok(shown || missing.some(scope => covers(scope, machine)), 'a shorter list that does not say what it lacks')
      },
    },
  ],
}

/** Makes machines for two full pages and a third. Answers their ids. */
const severalPages = async (stage: Stage): Promise<readonly string[]> => {
  const made: string[] = []
  for (let i = 0; i <= 2 * (stage.manifest.pageSize ?? 1); i++) made.push((await stage.create()).id)
  return made
}

const pagesOf = async (stage: Stage, stop = new AbortController(), stopAfter = Infinity): Promise<readonly Page<Machine>[]> => {
  const pages: Page<Machine>[] = []
  for await (const page of stage.connection.list(stage.call(stop.signal))) {
    pages.push(page)
    if (pages.length === stopAfter) stop.abort(new Error('given up'))
  }
  return pages
}
