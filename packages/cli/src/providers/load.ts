import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Provider } from '@kube-node/core/provider'
import { errorText } from '@kube-node/core/runtime'
import { CommandFailed } from '../terminal/index.ts'
import { providersOf } from './exported.ts'

/**
 * The providers that modules export. A module is an npm package or a file, both as seen from `cwd`; `module#name` takes one
 * export of it.
 * @throws CommandFailed that names the module: it can't be found, throws, or exports no provider.
 */
export const loadProviders = async (modules: readonly string[], cwd: string): Promise<readonly Provider[]> => {
  const found: Provider[] = []
  // One after the other: two that both fail must not fail in the order of chance.
  for (const module of modules) found.push(...(await loadModule(module, cwd)))
  return found
}

const loadModule = async (written: string, cwd: string): Promise<readonly Provider[]> => {
  const hash = written.lastIndexOf('#')
  const [specifier, name] = hash > 0 ? [written.slice(0, hash), written.slice(hash + 1)] : [written, undefined]
  const url = locate(specifier, cwd)
  let exported: unknown
  try {
    exported = await import(url)
  } catch (error) {
    throw new CommandFailed(`provider module ${specifier} can't be loaded: ${errorMessage(error)}`, { cause: error })
  }
  // Border: a module's namespace is an object with a property for each of its exports.
  const exports = new Map(Object.entries(exported as object))
  return providersOf(specifier, exports, name)
}

/** A path says so by how it begins, or by being there: `my-provider.ts` may be a file, and a package hardly ever is one. */
const locate = (specifier: string, cwd: string): string => {
  const path = resolve(cwd, specifier)
  if (/^\.{0,2}\//.test(specifier) || specifier.startsWith('file:') || existsSync(path)) {
    if (specifier.startsWith('file:')) return specifier
    if (!existsSync(path)) throw new CommandFailed(`provider module ${specifier} does not exist: looked for ${path}`)
    return pathToFileURL(path).href
  }
  try {
    return pathToFileURL(createRequire(join(cwd, 'package.json')).resolve(specifier)).href
  } catch (error) {
    return besideUs(specifier, cwd, error)
  }
}

/** What is installed together with this command, and packages whose exports know `import` alone. */
const besideUs = (specifier: string, cwd: string, first: unknown): string => {
  try {
    return import.meta.resolve(specifier)
  } catch (error) {
    const advice = `npm install ${packageName(specifier)} in ${cwd}, or give the path of a file, which begins with ./ or /`
    throw new CommandFailed(`provider module ${specifier} is not installed: ${advice}`, { cause: new AggregateError([first, error]) })
  }
}

const packageName = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

/** A parser's message does not say where, and node tells that to nobody but who asks for a check. */
const errorMessage = (error: unknown): string =>
  error instanceof SyntaxError ? `${error.message} (node --check shows where)` : errorText(error)
