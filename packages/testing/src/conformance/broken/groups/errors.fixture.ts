import { ProviderError } from '@kube-node/core/provider'
import { type BrokenGroups, instead, plain } from './groups.fixture.ts'

export const errors: Readonly<Record<string, BrokenGroups>> = {
  'tells the credentials in its errors': {
    over: instead((good, _cloud, credentials) => ({
      async *list(call) {
        try {
          yield* good.list(call)
        } catch (error) {
          throw ProviderError.is(error) ? new ProviderError(error.code, `${error.message}: ${JSON.stringify(credentials)}`) : error
        }
      },
    })),
    fails: ['errors > credentials that the cloud turns away are Unauthorized, and in no message'],
  },
  'throws plain errors': {
    over: instead(good => ({ resize: (group, size, call) => good.resize(group, size, call).catch(plain) })),
    fails: [
      'resize > is refused as Busy when the size was seen wrong, and changes nothing',
      'resize > never makes a group smaller',
      'resize > can be repeated when its answer got lost',
      'resize > is refused beyond the maximum of the group',
      'resize > says Busy of a group that takes no order, and lists show that it is',
      'errors > one call too many is RateLimited',
      'errors > a group that is no more is NotFound',
    ],
  },
  'is never quite sure where it is': {
    over: instead(() => {
      let asked = 0
      return { account: () => Promise.resolve(`account-${++asked}`) }
    }),
    fails: ['errors > the account is a name that stays'],
  },
}
