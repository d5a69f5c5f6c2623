import { readFileSync, writeFileSync } from 'node:fs'
import { differences } from './differences.ts'

const file = new URL('../../docs/fidelity.md', import.meta.url)
const begin = '<!-- differences: written by `npm run test:fidelity -- --document` -->'
const end = '<!-- end of differences -->'

/** The list of differences as it belongs into the document. */
export const listed = (): string =>
  [
    '',
    '| name | what | why |',
    '|---|---|---|',
    ...differences.map(({ name, what, why }) => `| \`${name}\` | ${what} | ${why} |`),
    '',
  ].join('\n')

const parts = (): readonly [before: string, list: string, after: string] => {
  const text = readFileSync(file, 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from === -1 || to === -1) throw new Error('docs/fidelity.md has lost the marks around its list of differences')
  return [text.slice(0, from + begin.length), text.slice(from + begin.length, to), text.slice(to)]
}

/** What the document lists now. */
export const written = (): string => parts()[1]

export const writeDocument = (): void => {
  const [before, , after] = parts()
  writeFileSync(file, `${before}${listed()}${after}`)
}
