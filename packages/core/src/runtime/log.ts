import { inspect } from 'node:util'
import type { Clock, Log, LogLevel } from './runtime.ts'

export interface LogOptions {
  /** Gets one line at a time, with its line end. */
  readonly write: (line: string) => void
  readonly clock: Pick<Clock, 'now'>
  /** Default: text. */
  readonly format?: 'text' | 'json'
  /** The least level that is written. Default: info. */
  readonly level?: LogLevel
}

const rank: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/** One line an entry: `2026-01-01T00:00:00.000Z info  machine created node=a`, or the same as a JSON object. */
export const createLog = (options: LogOptions): Log => {
  const least = rank[options.level ?? 'info']
  const format = options.format === 'json' ? jsonLine : textLine
  return (level, message, fields = {}) => {
    if (rank[level] >= least) options.write(`${format(new Date(options.clock.now()).toISOString(), level, message, fields)}\n`)
  }
}

/** The same log with fields that every entry carries. An entry's own fields win. */
export const logWith =
  (log: Log, fixed: Readonly<Record<string, unknown>>): Log =>
  (level, message, fields) =>
    log(level, message, { ...fixed, ...fields })

/** What to tell of an error: its message and those of its causes, without repeating what is in the outer one already. */
export const errorText = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : inspect(error, { depth: 2, breakLength: Infinity })
  const own = error.message === '' ? error.name : error.message
  if (error.cause === undefined || error.cause === error) return own
  const cause = errorText(error.cause)
  return own.includes(cause) ? own : `${own}: ${cause}`
}

const jsonLine = (time: string, level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ time, level, message, ...fields }, plain)

const textLine = (time: string, level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): string => {
  const told = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${word(value)}`)
  return `${time} ${level.padEnd(5)} ${oneLine(message)}${told.join('')}`
}

const word = (value: unknown): string => {
  const told = plain('', value)
  const text = typeof told === 'string' ? told : (JSON.stringify(told, plain) ?? String(told))
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}

/** A message from a server can hold line ends; a log line can not. */
const oneLine = (text: string): string => text.replaceAll(/\s*[\r\n]+\s*/g, ' ')

/** JSON.stringify shows an Error as {} and throws at a bigint. */
const plain = (_name: string, value: unknown): unknown =>
  value instanceof Error ? errorText(value) : typeof value === 'bigint' ? String(value) : value
