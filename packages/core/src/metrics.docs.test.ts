import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const guide = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')
const sources = globSync('**/*.ts', { cwd: import.meta.dirname }).filter(file => !file.endsWith('.test.ts'))

it('docs/metrics.md tells of every metric of ours, and of no other', () => {
  const told = [...guide.matchAll(/^\| `(kube_node_\w+)`/gm)].map(([, name]) => name)
  const code = sources.map(file => readFileSync(new URL(file, import.meta.url), 'utf8')).join('\n')
  const kept = [...code.matchAll(/'(kube_node_\w+)'/g)].map(([, name]) => name)
  expect(new Set(told)).toEqual(new Set(kept))
})
