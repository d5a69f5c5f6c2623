import { ProviderError } from '@kube-node/core/provider'
import { type Broken, instead, throwing, withFacts } from './instead.fixture.ts'

export const errors: Readonly<Record<string, Broken>> = {
  'throws plain errors': {
    over: throwing(error => (ProviderError.is(error) ? new Error(error.message) : error)),
    fails: [
      'errors > Unauthorized, for credentials that the cloud turns away',
      'errors > InvalidConfig, for a config that the cloud can never serve',
      'errors > InsufficientCapacity, with the scope that is out of stock',
      'errors > QuotaExceeded, for an account that is full',
      'errors > RateLimited, with the time to wait where the cloud says it',
      'errors > Unavailable, when the cloud can not be reached: never an empty list',
      'errors > a ProviderError that proves nothing, when a proxy answers in place of the cloud',
      'errors > never claims that nothing was made when something was',
    ],
  },
  'says outcome none after it made a machine': {
    over: throwing(error => withFacts(error, facts => ({ ...facts, outcome: 'none' }))),
    fails: [
      'errors > a ProviderError that proves nothing, when a proxy answers in place of the cloud',
      'errors > never claims that nothing was made when something was',
    ],
  },
  'can not read what a proxy answers': {
    over: throwing(error =>
      ProviderError.is(error) && error.message.includes('connection reset') ? new SyntaxError('Unexpected token <') : error,
    ),
    fails: [
      'errors > a ProviderError that proves nothing, when a proxy answers in place of the cloud',
      'errors > never claims that nothing was made when something was',
    ],
  },
  'takes a wrong type for a fault of its own': {
    over: throwing(error => (ProviderError.is(error) && error.code === 'InvalidConfig' ? new ProviderError('Internal', 'oops') : error)),
    fails: ['errors > InvalidConfig, for a config that the cloud can never serve'],
  },
  'takes bad credentials for an outage': {
    over: throwing(error =>
      ProviderError.is(error) && error.code === 'Unauthorized' ? new ProviderError('Unavailable', 'no entry') : error,
    ),
    fails: ['errors > Unauthorized, for credentials that the cloud turns away'],
  },
  'takes a full account for a stockout': {
    over: throwing(error =>
      ProviderError.is(error) && error.code === 'QuotaExceeded' ? new ProviderError('InsufficientCapacity', error.message) : error,
    ),
    fails: ['errors > QuotaExceeded, for an account that is full'],
  },
  'does not say what is out of stock': {
    over: throwing(error => withFacts(error, ({ scope: _scope, ...facts }) => facts)),
    fails: ['errors > InsufficientCapacity, with the scope that is out of stock'],
  },
  'does not say how long to wait': {
    over: throwing(error => withFacts(error, ({ retryAfterMs: _retryAfterMs, ...facts }) => facts)),
    fails: ['errors > RateLimited, with the time to wait where the cloud says it'],
  },
  'tells the credentials in its errors': {
    over: throwing((error, { credentials }) =>
      ProviderError.is(error) ? new ProviderError(error.code, `${error.message}: ${JSON.stringify(credentials)}`, error.facts) : error,
    ),
    fails: ['secrets > are in no error'],
  },
  'logs its credentials': {
    over: instead((good, { credentials }) => ({
      create(request, call) {
        call.log('debug', 'creating', { headers: { authorization: credentials } })
        return good.create(request, call)
      },
    })),
    fails: ['secrets > are in no line of the log'],
  },
  'logs the user data': {
    over: instead(good => ({
      create(request, call) {
        if (request.bootstrap.kind === 'user-data') call.log('debug', new TextDecoder().decode(request.bootstrap.bytes))
        return good.create(request, call)
      },
    })),
    fails: ['secrets > of the bootstrap are in no error and no line of the log'],
  },
}
