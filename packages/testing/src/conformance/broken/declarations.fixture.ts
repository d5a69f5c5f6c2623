import type { MachineProvider, OpaqueConfig, Schema, SchemaResult } from '@kube-node/core/provider'
import { simulatedManifest } from '../simulated.fixture.ts'
import { type Broken, declaring, instead } from './instead.fixture.ts'

/** The same provider with a schema that judges otherwise. */
const judging =
  (change: (result: SchemaResult<OpaqueConfig>, value: unknown) => SchemaResult<OpaqueConfig>): Broken['over'] =>
  provider =>
    declaring({ config: judgingSchema(provider.definition.config, change) })(provider, undefined!)

const judgingSchema = <T>(schema: Schema<T>, change: (result: SchemaResult<T>, value: unknown) => SchemaResult<T>): Schema<T> => ({
  '~standard': {
    ...schema['~standard'],
    validate(value) {
      const result = schema['~standard'].validate(value)
      if (result instanceof Promise) throw new TypeError('it answers at once')
      return change(result, value)
    },
  },
})

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

export const declarations: Readonly<Record<string, Broken>> = {
  'speaks another contract': {
    over: (provider): MachineProvider => ({ ...provider, contract: 0 }),
    fails: ['declaration > speaks the contract of this core, for single machines'],
  },
  'is less idempotent than its manifest says': {
    over: declaring({ idempotency: 'lookup' }),
    fails: ['declaration > says what its manifest says'],
  },
  'has a method that its manifest leaves out, and with it the tests': {
    manifest: { methods: [] },
    over: provider => provider,
    fails: ['declaration > has exactly the optional methods that its manifest names'],
  },
  'can not configure, though its bootstrap is by steps': {
    manifest: { bootstrap: 'steps' },
    over: declaring({ bootstrap: 'steps' }),
    fails: ['declaration > configures machines exactly when its bootstrap is by steps'],
  },
  'is tried at a cloud that can do more than the manifest says': {
    manifest: { cloud: simulatedManifest().cloud?.filter(ability => ability !== 'hang') ?? [] },
    over: provider => provider,
    fails: ['declaration > has a cloud with exactly the abilities that its manifest names'],
  },
  'allows no call at all': {
    over: declaring({ limits: { concurrency: 0 } }),
    fails: ['declaration > gives times that are durations and limits that are positive'],
  },
  'connects by a key that its config does not have': {
    over: declaring({ connection: ['region', 'account'] }),
    fails: ['config > is described by a JSON Schema of an object, with its connection keys in it'],
  },
  'reads its config differently each time': {
    over: judging(result => (result.issues ? result : { value: { ...result.value, image: `${String(result.value['image'])}+` } })),
    fails: ['config > reads the same when it is read again, defaults filled in'],
  },
  'does not say what is wrong with a config': {
    over: judging(result => (result.issues ? { issues: [{ message: 'invalid' }] } : result)),
    fails: ['config > is refused with the path of what is wrong'],
  },
  'takes anything for a config': {
    over: judging((result, value) => (isObject(value) ? result : { value: {} })),
    fails: ['config > is refused when it is no object'],
  },
  'is content with an empty Secret': {
    over: (provider, cloud) => {
      const { credentials } = provider.definition
      if (!credentials) return provider
      const lenient = judgingSchema(credentials, result => (result.issues ? { value: { token: '' } } : result))
      return declaring({ credentials: lenient })(provider, cloud)
    },
    fails: ['config > credentials are read from the entries of a Secret, and refused without them'],
  },
  'throws when it reads a frozen machine': {
    over: instead(good => ({
      delete(machine, call) {
        Object.assign(machine, { state: 'stopping' })
        return good.delete(machine, call)
      },
    })),
    fails: ['plain data > that it was given stays as it was', 'plain data > may be frozen'],
  },
}
