import { readFileSync, readdirSync } from 'node:fs'
import type { Script } from './script.ts'

export interface Regression {
  readonly name: string
  readonly script: Script
}

const folder = new URL('./regressions/', import.meta.url)

/** Scripts that once told the two servers apart, shrunk: each file has `{"steps": [...]}`. */
export const regressions = (): readonly Regression[] =>
  readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .toSorted()
    // Border: files of ours.
    .map(file => ({ name: file.replace('.json', ''), script: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Script }))
