import type { Provider } from '@kube-node/core/provider'
import { errorText } from '@kube-node/core/runtime'
import { CommandFailed } from '../terminal/index.ts'

/**
 * The providers among a module's exports: its default export, if it has one; else every named one. Each is a provider, or a
 * function that needs no argument and answers one.
 * @throws CommandFailed that names the module and says what it exports instead.
 */
export const providersOf = async (module: string, exports: ReadonlyMap<string, unknown>, name?: string): Promise<readonly Provider[]> => {
  if (name !== undefined) {
    if (!exports.has(name)) throw new CommandFailed(`${module} has no export "${name}"; it has: ${namesOf(exports)}`)
    return [await demanded(module, name, exports.get(name))]
  }
  if (exports.has('default')) return [await demanded(module, 'default', exports.get('default'))]

  const objects = [...exports.values()].filter(isProvider)
  if (objects.length > 0) return objects
  const makers = [...exports].filter((entry): entry is [string, Factory] => isFactory(entry[1]))
  const made = await Promise.all(makers.map(([maker, make]) => call(module, maker, make)))
  const providers = made.filter(isProvider)
  if (providers.length === 0) {
    const wanted = 'an object made by defineProvider, or a function without arguments that answers one'
    throw new CommandFailed(`${module} exports no provider (${wanted}); it exports: ${namesOf(exports)}`)
  }
  return providers
}

const demanded = async (module: string, name: string, exported: unknown): Promise<Provider> => {
  const provider = isFactory(exported) ? await call(module, name, exported) : exported
  if (isProvider(provider)) return provider
  throw new CommandFailed(`export "${name}" of ${module} is no provider, nor a function without arguments that answers one`)
}

/** @throws CommandFailed that says whose words the error's are. */
const call = async (module: string, name: string, make: Factory): Promise<unknown> => {
  try {
    return await make()
  } catch (error) {
    throw new CommandFailed(`export "${name}" of ${module} failed: ${errorText(error)}`, { cause: error })
  }
}

type Factory = () => unknown

/** By its shape: it comes from another copy of core. What contract it speaks is compared where it is registered. */
const isProvider = (value: unknown): value is Provider =>
  typeof value === 'object' &&
  value !== null &&
  'contract' in value &&
  typeof value.contract === 'number' &&
  'name' in value &&
  typeof value.name === 'string' &&
  'kind' in value &&
  (value.kind === 'machines' || value.kind === 'groups') &&
  'definition' in value &&
  typeof value.definition === 'object'

/** Classes and functions that need arguments are not for us to call. */
const isFactory = (value: unknown): value is Factory =>
  typeof value === 'function' && value.length === 0 && !/^class\b/.test(Function.prototype.toString.call(value))

const namesOf = (exports: ReadonlyMap<string, unknown>): string => (exports.size === 0 ? 'nothing' : [...exports.keys()].join(', '))
