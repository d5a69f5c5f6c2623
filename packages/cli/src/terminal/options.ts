import type { ManifestPart } from '@kube-node/core/manifests'
import { type Duration, type LogLevel, durationMs } from '@kube-node/core/runtime'
import { isIP } from 'node:net'
import { InvalidArgumentError } from 'commander'

/** @throws InvalidArgumentError, which commander shows together with the option's name. */
export const parsePort = (text: string): number => wholeNumber(text, 0, 65_535, 'a port is a whole number from 0 (any free one) to 65535')

/** For parsers of options that count something. */
export const parseCount =
  (least: number, most: number): ((text: string) => number) =>
  text =>
    wholeNumber(text, least, most, `it is a whole number from ${least} to ${most}`)

/** A duration as people write it; 0 and more. */
export const parseDuration = (text: string): Duration => {
  try {
    durationMs(text)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
  // Border: durationMs has read it.
  return text as Duration
}

/** For options that may be given several times. */
export const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), text]

/** For an option that may be given several times. @throws InvalidArgumentError */
export const parseAddress = (text: string, before: readonly string[] | undefined): readonly string[] => {
  if (isIP(text) === 0) throw new InvalidArgumentError('it is an IP address.')
  return collect(text, before)
}

/** As machines are given it: a host and a port, and nothing of what only a kubeconfig may have. @throws InvalidArgumentError */
export const parseServer = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '') return text
  throw new InvalidArgumentError('it is https://HOST:PORT and no more.')
}

/** As the library names them, which is loaded only when they are printed. */
export const manifestParts: readonly ManifestPart[] = ['crds', 'rbac', 'policies']

/** For an option that may be given several times. @throws InvalidArgumentError */
export const parsePart = (text: string, before: readonly ManifestPart[] | undefined): readonly ManifestPart[] => {
  const part = manifestParts.find(name => name === text)
  if (part === undefined) throw new InvalidArgumentError(`the parts are ${manifestParts.join(', ')}.`)
  return [...(before ?? []), part]
}

export const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

const wholeNumber = (text: string, least: number, most: number, advice: string): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`${advice}.`)
  return value
}
