import assert from 'node:assert/strict'
import { contract } from '@kube-node/core/provider'
import { durationMs } from '@kube-node/core/runtime'
import { optionalMethods } from '../manifest.ts'
import type { MachineTopic } from '../trial.ts'

export const declaration: MachineTopic = {
  name: 'declaration',
  trials: [
    {
      name: 'speaks the contract of this core, for single machines',
      directOnly: true,
      async run({ world: { provider } }) {
        assert.equal(provider.contract, contract)
        assert.equal(provider.kind, 'machines')
      },
    },
    {
      name: 'says what its manifest says',
      directOnly: true,
      async run({ world: { provider }, definition, manifest }) {
        const said = {
          name: provider.name,
          idempotency: definition.idempotency,
          bootstrap: definition.bootstrap,
          credentials: definition.credentials !== undefined,
          maxUserData: definition.maxUserData,
          nodeNames: definition.nodeNames ?? 'claim',
        }
        const { name, idempotency, bootstrap, credentials, maxUserData, nodeNames = 'claim' } = manifest
        assert.deepEqual(said, { name, idempotency, bootstrap, credentials: credentials !== false, maxUserData, nodeNames })
        assert.equal(definition.name, provider.name)
      },
    },
    {
      name: 'has exactly the optional methods that its manifest names',
      directOnly: true,
      async run({ connection, manifest }) {
        const has = optionalMethods.filter(name => typeof connection[name] === 'function')
        assert.deepEqual(has.toSorted(), [...(manifest.methods ?? [])].toSorted())
      },
    },
    {
      name: 'configures machines exactly when its bootstrap is by steps',
      directOnly: true,
      async run({ connection, definition }) {
        assert.equal(typeof connection.configure === 'function', definition.bootstrap === 'steps')
      },
    },
    {
      name: 'has a cloud with exactly the abilities that its manifest names',
      directOnly: true,
      async run({ world, manifest }) {
        const has = Object.entries(world.cloud ?? {})
          .filter(([, ability]) => ability !== undefined)
          .map(([name]) => name)
        assert.deepEqual(has.toSorted(), [...(manifest.cloud ?? [])].toSorted())
      },
    },
    {
      name: 'gives times that are durations and limits that are positive',
      directOnly: true,
      async run({ definition: { consistencyWindow, timeouts = {}, limits = {}, maxNameLength, maxUserData } }) {
        assert.ok(durationMs(consistencyWindow) >= 0)
        for (const time of Object.values(timeouts)) assert.ok(durationMs(time) > 0, `a timeout of ${time}`)
        for (const limit of [limits.concurrency, limits.perSecond, maxNameLength, maxUserData]) {
          assert.ok(limit === undefined || limit > 0, `a limit of ${limit}`)
        }
      },
    },
  ],
}
