import assert from 'node:assert/strict'
import { takesCredentials } from '../manifest.ts'
import { parsed, propertiesOf, validate } from '../../suite/index.ts'
import type { MachineTopic } from '../trial.ts'

/** Fits no property that a config sensibly has: neither a text, nor a number, nor a list, nor an object with known fields. */
const nonsense = Symbol('nonsense')

export const config: MachineTopic = {
  name: 'config',
  trials: [
    {
      name: 'is described by a JSON Schema of an object, with its connection keys in it',
      directOnly: true,
      async run({ definition }) {
        const schema = definition.config['~standard'].jsonSchema.input({ target: 'openapi-3.0' })
        assert.equal(schema['type'], 'object')
        assert.deepEqual(JSON.parse(JSON.stringify(schema)), schema, 'a JSON Schema is plain data')
        const known = Object.keys(propertiesOf(definition.config))
        for (const key of definition.connection) assert.ok(known.includes(key), `the connection key ${key} is no property of the config`)
      },
    },
    {
      name: 'reads the same when it is read again, defaults filled in',
      directOnly: true,
      async run({ definition, config }) {
        assert.deepEqual(parsed('the parsed config', definition.config, config), config)
        assert.deepEqual(JSON.parse(JSON.stringify(config)), config, 'a parsed config is plain data: core keeps it in an annotation')
      },
    },
    {
      name: 'is refused with the path of what is wrong',
      directOnly: true,
      async run({ definition, world }) {
        for (const key of Object.keys(propertiesOf(definition.config))) {
          const result = validate(definition.config, { ...world.config, [key]: nonsense })
          assert.ok('problems' in result, `the schema takes nonsense for ${key}`)
          assert.ok(
            result.problems.some(({ path }) => path[0] === key),
            `the schema does not say that ${key} is what is wrong`,
          )
        }
      },
    },
    {
      name: 'is refused when it is no object',
      directOnly: true,
      async run({ definition }) {
        for (const value of [null, 'text', 1, []]) {
          assert.ok('problems' in validate(definition.config, value), `the schema takes ${JSON.stringify(value)} for a config`)
        }
      },
    },
    {
      name: 'credentials are read from the entries of a Secret, and refused without them',
      needs: [takesCredentials],
      directOnly: true,
      async run({ definition, world, manifest }) {
        const schema = definition.credentials
        assert.ok(schema)
        assert.ok('value' in validate(schema, world.credentials), "the world's credentials do not fit the schema")
        if (manifest.credentials === 'optional') {
          // Else the provider's own credentials, of another account perhaps, would be used for it.
          assert.ok('problems' in validate(schema, { 'some-other-entry': 'x' }), 'the schema takes the Secret of something else for none')
        } else assert.ok('problems' in validate(schema, {}), 'the schema is content with an empty Secret')
      },
    },
  ],
}
