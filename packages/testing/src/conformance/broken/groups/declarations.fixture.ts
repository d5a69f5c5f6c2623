import { type BrokenGroups, declaring, instead } from './groups.fixture.ts'

export const declarations: Readonly<Record<string, BrokenGroups>> = {
  'speaks another contract': {
    over: provider => ({ ...provider, contract: 99 }),
    fails: ['declaration > speaks the contract of this core, for groups'],
  },
  'calls itself something else': {
    over: provider => ({ ...provider, name: 'other' }),
    fails: ['declaration > says what its manifest says'],
  },
  'forgets to say what it can do': {
    over: provider => provider,
    provider: { updates: false },
    manifest: { methods: ['account', 'create', 'destroy', 'update'] },
    fails: [
      'declaration > has exactly the optional methods that its manifest names',
      'update > has new machines carry the new revision, and leaves those that are there',
      'update > does no harm the second time',
    ],
  },
  'creates what it can not destroy': {
    over: instead(({ destroy: _destroy, ...rest }) => ({ ...rest, ...({ destroy: undefined } as object) })),
    manifest: { methods: ['account', 'create', 'update'] },
    fails: ['declaration > creates groups exactly when it can destroy them'],
  },
  'is tested on a cloud that can more than it says': {
    over: provider => provider,
    manifest: { cloud: ['busy', 'loseAnswer', 'throttle', 'outage', 'hideScope', 'refusedCredentials'] },
    fails: ['declaration > has a cloud with exactly the abilities that its manifest names'],
  },
  'connects by a key that its config does not have': {
    over: declaring({ connection: ['region', 'planet'] }),
    fails: ['declaration > describes its config by a JSON Schema with the connection keys in it, and gives times that are durations'],
  },
}
