import type { Outcome } from '@kube-node/core/provider'
import { type BrokenGroups, instead } from './groups.fixture.ts'

const done: Outcome<void> = { value: undefined }

export const removals: Readonly<Record<string, BrokenGroups>> = {
  'lets the cloud choose which machines go': {
    over: instead((good, cloud) => ({
      async remove(group, ids, options, call) {
        const oldest = cloud.groups.members(group.id).filter(({ state }) => state !== 'stopping')
        const chosen = ids.map((id, at) => (oldest.some(machine => machine.id === id) ? (oldest.at(-1 - at)?.id ?? id) : id))
        return good.remove(group, chosen, options, call)
      },
    })),
    fails: [
      'list > shows a machine that leaves as one that does, or not at all',
      'remove > takes exactly the machines that are named, and shrinks the group by them',
      'remove > with replace takes exactly those, and the group makes as many others',
      'remove > does no harm the second time',
      'remove > with replace does no harm the second time',
      'remove > can be repeated when its answer got lost',
    ],
  },
  'always shrinks': {
    over: instead(good => ({ remove: (group, ids, _options, call) => good.remove(group, ids, { replace: false }, call) })),
    fails: [
      'remove > with replace takes exactly those, and the group makes as many others',
      'remove > with replace does no harm the second time',
    ],
  },
  'lowers the size each time that it is asked': {
    over: instead((good, cloud) => ({
      async remove(group, ids, options, call) {
        const before = cloud.groups.get(group.id)?.size ?? 0
        const outcomes = await good.remove(group, ids, options, call)
        if (!options.replace && cloud.groups.get(group.id)?.size === before && before > 0)
          cloud.groups.resize(group.id, before - ids.length)
        return outcomes
      },
    })),
    fails: [
      'remove > does no harm the second time',
      'remove > can be repeated when its answer got lost',
      'remove > takes a machine that never was for removed, or says NotFound, and leaves the others',
    ],
  },
  'makes another one each time that it is asked': {
    over: instead((good, cloud) => ({
      async remove(group, ids, options, call) {
        const there = cloud.groups.members(group.id).some(({ id, state }) => ids.includes(id) && state !== 'stopping')
        if (options.replace && !there) cloud.groups.resize(group.id, (cloud.groups.get(group.id)?.size ?? 0) + 1)
        return good.remove(group, ids, options, call)
      },
    })),
    fails: ['remove > with replace does no harm the second time'],
  },
  'removes from whichever group a machine is in': {
    over: instead((good, cloud) => ({
      async remove(group, ids, options, call) {
        for (const id of ids) {
          const other = cloud.machine(id)?.group?.id
          if (other !== undefined && other !== group.id) await good.remove({ ...group, id: other }, [id], options, call)
        }
        return good.remove(group, ids, options, call)
      },
    })),
    fails: ['remove > takes a machine that never was for removed, or says NotFound, and leaves the others'],
  },
  'answers once for all': {
    over: instead(good => ({
      async remove(group, ids, options, call) {
        await good.remove(group, ids, options, call)
        return [done]
      },
    })),
    fails: [
      'remove > takes exactly the machines that are named, and shrinks the group by them',
      'remove > answers for each machine in the order that they were named in',
    ],
  },
  'removes from groups that are busy': {
    over: instead((good, cloud) => ({
      async remove(group, ids, options, call) {
        if (cloud.groups.get(group.id)?.busy === undefined) return good.remove(group, ids, options, call)
        for (const id of ids) cloud.kill(id)
        return ids.map(() => done)
      },
    })),
    fails: ['remove > says Busy of a group that takes no order, and removes nothing'],
  },
}
