// Names the sources that have grown past what one file should say: npm run lint:size. A hint, not a law.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './packages.ts'

const long = 250
const sources = globSync(['packages/*/src/**/*.ts', 'e2e/**/*.{ts,mjs}', 'scripts/**/*.{ts,mjs}', 'lint/**/*.ts', 'examples/**/*.ts'], {
  cwd: root,
  exclude: ['**/node_modules/**', '**/dist/**'],
})

const grown = sources
  .map(file => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
  .filter(({ lines }) => lines > long)
  .sort((a, b) => b.lines - a.lines)
for (const { file, lines } of grown) console.log(`${lines} ${file}`)
console.log(`${grown.length} of ${sources.length} files have more than ${long} lines`)
