import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from './packages.ts'
import { guides, printed } from './printed.ts'

describe.each(guides())('%s', guide => {
  const text = readFileSync(join(root, guide), 'utf8')

  test('prints files as they are (else: node scripts/printed.ts)', () => {
    expect(text).toBe(printed(text).text)
  })

  test('links to files that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to = '']) => join(guide, '..', to))
    expect(links.filter(to => globSync(to, { cwd: root }).length === 0)).toEqual([])
  })
})

test('the guide to a provider prints the whole package, so that a reader has all of it', () => {
  const { files } = printed(readFileSync(join(root, 'docs/write-a-provider.md'), 'utf8'))
  const there = globSync('examples/provider-brook/{package.json,{src,test}/*}', { cwd: root })
  expect([...files].toSorted()).toEqual(there.toSorted())
})
