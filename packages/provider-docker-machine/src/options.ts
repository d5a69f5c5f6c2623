import { type Call, ProviderError } from '@kube-node/core/provider'
import type { DockerMachineConfig, OptionValue } from './config.ts'
import { environmentOf, run } from './program.ts'
import { failedProgram } from './errors.ts'

/** An option of `create`, as the program lists it. */
export interface Option {
  readonly name: string
  /** Environment variables that it is read from as well. */
  readonly variables: readonly string[]
}

const line = /^\s+--([a-z0-9][a-z0-9-]*)(?:,\s*-\w)?(.*)$/

/** What `create --driver X --help` lists. */
export const optionsIn = (help: string): ReadonlyMap<string, Option> =>
  new Map(
    help.split('\n').flatMap((text): [string, Option][] => {
      const [, name, rest = ''] = line.exec(text) ?? []
      if (name === undefined) return []
      const variables = /\[(\$[A-Z0-9_]+(?:,\s*\$[A-Z0-9_]+)*)\]\s*$/.exec(rest)?.[1]?.split(/,\s*/) ?? []
      return [[name, { name, variables: variables.map(variable => variable.slice(1)) }]]
    }),
  )

/** Asks the program for the options of a driver. @throws ProviderError `InvalidConfig` for a driver that it does not have. */
export const optionsOf = async (program: string, driver: string, storage: string, call: Call): Promise<ReadonlyMap<string, Option>> => {
  const { exit, output } = await run(program, ['create', '--driver', driver, '--help'], environmentOf(storage), call)
  const options = optionsIn(output)
  if (exit !== 0 || options.size === 0) {
    const { message } = failedProgram(`create --driver ${driver} --help`, exit, output)
    throw new ProviderError('InvalidConfig', `there is no usable driver "${driver}": ${message}`, { outcome: 'none' })
  }
  return options
}

/** The entries of a Secret that are written to files, by the names of their options. */
export const filesIn = (secrets: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(secrets).flatMap(([entry, value]) => (isFile(entry) ? [[optionOf(entry), value]] : [])))

const isFile = (entry: string): boolean => entry.endsWith('.file')
const optionOf = (entry: string): string => entry.replace(/\.file$/, '')

/**
 * Asks the program once for the options of a driver, for all who want to know. Who gives up does not take the answer from the others, and
 * after a failure it is asked again: a program or a driver that is installed later is found then.
 */
export const createOptions = (program: string, storage: string): ((driver: string, call: Call) => Promise<ReadonlyMap<string, Option>>) => {
  const asked = new Map<string, { readonly answer: Promise<ReadonlyMap<string, Option>>; readonly signal: AbortSignal }>()
  return async (driver, call) => {
    for (;;) {
      const before = asked.get(driver)
      if (!before) {
        const mine = { answer: optionsOf(program, driver, storage, call), signal: call.signal }
        asked.set(driver, mine)
        mine.answer.catch(() => asked.get(driver) === mine && asked.delete(driver))
        return mine.answer
      }
      try {
        return await unlessAborted(before.answer, call.signal)
      } catch (error) {
        call.signal.throwIfAborted()
        if (!before.signal.aborted) throw error
      }
    }
  }
}

const unlessAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason)
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', aborted, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  })

export interface Arguments {
  readonly args: readonly string[]
  /** Environment variables with secrets. */
  readonly secrets: Readonly<Record<string, string>>
  /** What stands in files, by the name of their option. */
  readonly files: Readonly<Record<string, string>>
}

/**
 * The command line of a create. Secret options travel in the environment; where a driver reads one from nowhere but its command line,
 * they must stand there. @throws ProviderError `InvalidConfig` that names every option that is not known
 */
export const argumentsOf = (
  { driver, options }: Pick<DockerMachineConfig, 'driver' | 'options'>,
  secrets: Readonly<Record<string, string>>,
  known: ReadonlyMap<string, Option>,
): Arguments => {
  const named = Object.entries(secrets).map(([entry, value]) => ({ name: optionOf(entry), inFile: isFile(entry), value }))
  const unknown = [...Object.keys(options), ...named.map(({ name }) => name)].filter(name => !known.has(name))
  if (unknown.length > 0) {
    const near = [...known.keys()].filter(name => name.startsWith(`${driver}-`)).join(', ')
    throw new ProviderError('InvalidConfig', `driver ${driver} has no option ${unknown.join(', ')}; it has: ${near}`, { outcome: 'none' })
  }
  const both = named.find(({ name }) => name in options)
  if (both) throw new ProviderError('InvalidConfig', `${both.name} is in the class and in its Secret`, { outcome: 'none' })

  const environment: Record<string, string> = {}
  const args = Object.entries(options).flatMap(([name, value]) => argumentsFor(name, value))
  for (const { name, inFile, value } of named) {
    const [variable] = known.get(name)?.variables ?? []
    if (inFile) continue
    if (variable !== undefined) environment[variable] = value
    else args.push(`--${name}=${value}`)
  }
  // The engine of docker is nobody's wish here. Programs without this option install it.
  const files = { ...filesIn(secrets), ...(known.has(installScript) && { [installScript]: '#!/bin/sh\nexit 0\n' }) }
  return { args, secrets: environment, files }
}

/**
 * Secret options for a removal, which drivers read anew, whatever they were when the machine was made. What a driver does not know by now
 * is left out: nobody can correct a machine that is there.
 */
export const renewed = (
  secrets: Readonly<Record<string, string>>,
  known: ReadonlyMap<string, Option>,
): { readonly args: readonly string[]; readonly variables: Readonly<Record<string, string>> } => {
  const variables: Record<string, string> = {}
  const args: string[] = []
  for (const [name, value] of Object.entries(secrets)) {
    const option = known.get(name)
    const [variable] = option?.variables ?? []
    if (variable !== undefined) variables[variable] = value
    // rancher-machine's drivers read "--name=value" up to the next "=" only.
    else if (option) args.push(...(value.includes('=') ? [`--${name}`, value] : [`--${name}=${value}`]))
  }
  return { args, variables }
}

const installScript = 'custom-install-script'

/** `--name=true` switches on what takes no value, and is the word "true" for what takes one. */
const argumentsFor = (name: string, value: OptionValue): readonly string[] =>
  (Array.isArray(value) ? value : [value]).map(each => `--${name}=${String(each)}`)
