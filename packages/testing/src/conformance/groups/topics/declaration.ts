import assert from 'node:assert/strict'
import { contract } from '@kube-node/core/provider'
import { durationMs } from '@kube-node/core/runtime'
import { propertiesOf } from '../../suite/index.ts'
import { optionalGroupMethods } from '../manifest.ts'
import type { GroupTopic } from '../trial.ts'

const musts: ReadonlySet<string> = new Set(['createGroup', 'truth', 'resize'])

export const declaration: GroupTopic = {
  name: 'declaration',
  trials: [
    {
      name: 'speaks the contract of this core, for groups',
      async run({ world: { provider } }) {
        assert.equal(provider.contract, contract)
        assert.equal(provider.kind, 'groups')
      },
    },
    {
      name: 'says what its manifest says',
      async run({ world: { provider }, definition, manifest: { name, credentials } }) {
        assert.deepEqual({ name: provider.name, credentials: definition.credentials !== undefined }, { name, credentials })
        assert.equal(definition.name, provider.name)
      },
    },
    {
      name: 'has exactly the optional methods that its manifest names',
      async run({ connection, manifest }) {
        const has = optionalGroupMethods.filter(name => typeof connection[name] === 'function')
        assert.deepEqual(has.toSorted(), [...(manifest.methods ?? [])].toSorted())
      },
    },
    {
      name: 'creates groups exactly when it can destroy them',
      async run({ connection }) {
        assert.equal(typeof connection.create, typeof connection.destroy)
      },
    },
    {
      name: 'has a cloud with exactly the abilities that its manifest names',
      async run({ world, manifest }) {
        const has = Object.entries(world.cloud).filter(([name, ability]) => ability !== undefined && !musts.has(name))
        assert.deepEqual(has.map(([name]) => name).toSorted(), [...(manifest.cloud ?? [])].toSorted())
      },
    },
    {
      name: 'describes its config by a JSON Schema with the connection keys in it, and gives times that are durations',
      async run({ definition: { config, connection, consistencyWindow, timeouts = {} } }) {
        const properties = propertiesOf(config)
        for (const key of connection) assert.ok(Object.hasOwn(properties, key), `the config's schema lacks the connection key ${key}`)
        for (const time of [consistencyWindow, ...Object.values(timeouts)]) assert.ok(durationMs(time) >= 0, `a time of ${time}`)
      },
    },
  ],
}
