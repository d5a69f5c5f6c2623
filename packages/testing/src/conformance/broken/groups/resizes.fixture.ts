import { ProviderError } from '@kube-node/core/provider'
import { type BrokenGroups, instead, resizeNow, showing } from './groups.fixture.ts'

export const resizes: Readonly<Record<string, BrokenGroups>> = {
  'makes one more than it was told': {
    over: instead(good => ({ resize: (group, size, call) => good.resize(group, size === group.size ? size : size + 1, call) })),
    fails: [
      'resize > makes a group larger, and touches none of its machines',
      'resize > does no harm when the group has that size already',
      'resize > never makes a group smaller',
      'resize > can be repeated when its answer got lost',
      'update > has new machines carry the new revision, and leaves those that are there',
    ],
  },
  'does not look at what the size was': {
    over: instead((good, cloud) => ({ resize: resizeNow(good, cloud) })),
    fails: ['resize > is refused as Busy when the size was seen wrong, and changes nothing'],
  },
  'shrinks groups as it is told': {
    over: instead((good, cloud) => ({
      async resize(group, size, call) {
        if (size < (cloud.groups.get(group.id)?.size ?? 0)) cloud.groups.resize(group.id, size)
        else await good.resize(group, size, call)
      },
    })),
    fails: ['resize > never makes a group smaller'],
  },
  'minds no maximum': {
    over: instead((good, cloud) => ({
      async resize(group, size, call) {
        if (size > (group.max ?? Infinity)) cloud.groups.resize(group.id, size)
        else await good.resize(group, size, call)
      },
    })),
    fails: ['resize > is refused beyond the maximum of the group'],
  },
  'keeps to itself that a group is busy': {
    over: showing(({ busy: _busy, ...group }) => group),
    fails: ['resize > says Busy of a group that takes no order, and lists show that it is'],
  },
  'orders after it was told to stop': {
    over: instead(good => ({ resize: (group, size, call) => good.resize(group, size, { ...call, signal: new AbortController().signal }) })),
    fails: ['resize > settles soon after its signal, and orders nothing after it'],
  },
  'is annoyed by a size that is there already': {
    over: instead((good, cloud) => ({
      async resize(group, size, call) {
        if (cloud.groups.get(group.id)?.size === size) throw new ProviderError('InvalidConfig', 'it has that size')
        await good.resize(group, size, call)
      },
    })),
    fails: ['resize > does no harm when the group has that size already', 'resize > can be repeated when its answer got lost'],
  },
}
