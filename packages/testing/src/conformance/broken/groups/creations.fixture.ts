import { ProviderError } from '@kube-node/core/provider'
import { type BrokenGroups, instead, showing } from './groups.fixture.ts'

export const creations: Readonly<Record<string, BrokenGroups>> = {
  'forgets whose a group is': {
    over: showing(({ owner: _owner, ...group }) => group),
    fails: [
      'create and destroy > makes a group that carries its owner and its revision, with its machines',
      'create and destroy > makes one group of one request, however often it is asked',
      'create and destroy > makes no second group when its answer got lost',
      'create and destroy > leaves a group of that name alone which is somebody else’s',
    ],
  },
  'makes a group each time that it is asked': {
    over: instead(good => {
      let made = 0
      return { create: (request, call) => good.create?.({ ...request, name: `${request.name}-${++made}` }, call) ?? Promise.reject() }
    }),
    fails: [
      'create and destroy > makes one group of one request, however often it is asked',
      'create and destroy > makes no second group when its answer got lost',
      'create and destroy > leaves a group of that name alone which is somebody else’s',
    ],
  },
  'takes a name that is taken': {
    over: instead((good, cloud) => ({
      async create(request, call) {
        const there = cloud.groups.get(request.name)
        const owner = there?.owner
        return (await good.create?.(owner ? { ...request, owner } : request, call)) ?? Promise.reject()
      },
    })),
    fails: ['create and destroy > leaves a group of that name alone which is somebody else’s'],
  },
  'has no word for what is impossible': {
    over: instead(good => ({
      create: (request, call) =>
        good.create?.(request, call).catch((error: unknown) => {
          throw ProviderError.is(error) && error.message.includes('instance type') ? new ProviderError('Internal', error.message) : error
        }) ?? Promise.reject(),
    })),
    fails: ['create and destroy > says InvalidConfig of what the cloud refuses, and makes nothing'],
  },
  'destroys all that it finds': {
    over: instead((good, cloud) => ({
      async destroy(group, call) {
        await good.destroy?.(group, call)
        for (const { id } of cloud.groups.list()) if (cloud.groups.get(id)?.ending === false) cloud.groups.destroy(id)
      },
    })),
    fails: ['create and destroy > destroys a group with its machines, and no other'],
  },
  'is annoyed by a second destruction': {
    over: instead((good, cloud) => ({
      async destroy(group, call) {
        if (cloud.groups.get(group.id)?.ending !== false) throw new ProviderError('Internal', 'it is going')
        await good.destroy?.(group, call)
      },
    })),
    fails: ['create and destroy > destroys a second time without harm, or says Busy or NotFound'],
  },
  'replaces machines when a group is updated': {
    over: instead((good, cloud) => ({
      async update(group, next, call) {
        await good.update?.(group, next, call)
        for (const { id } of cloud.groups.members(group.id)) cloud.kill(id)
      },
    })),
    fails: ['update > has new machines carry the new revision, and leaves those that are there', 'update > does no harm the second time'],
  },
}
