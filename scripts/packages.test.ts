import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { publishedPackages, root } from './packages.ts'

const packages = publishedPackages()

test('a package comes after those that it depends on', () => {
  const names = packages.map(each => each.name)
  for (const [index, each] of packages.entries()) {
    const ours = each.dependencies.filter(name => names.includes(name))
    expect(ours.filter(name => names.indexOf(name) > index)).toEqual([])
  }
})

test('every changeset is about packages that are published: of another name, none of them could be released', () => {
  const names = new Set(packages.map(each => each.name))
  const files = globSync('.changeset/*.md', { cwd: root }).filter(file => !file.endsWith('README.md'))
  expect(files.length).toBeGreaterThan(0)
  const unknown = files.flatMap(file => {
    const [, head = ''] = readFileSync(join(root, file), 'utf8').split(/^---$/m)
    return Object.keys(parse(head)).flatMap(name => (names.has(name) ? [] : [`${file} is about ${name}`]))
  })
  expect(unknown).toEqual([])
})

describe.each(packages)('$name', ({ folder, exports, bin }) => {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

  test('publishes each source that it exports as the file which is built from it', () => {
    const built = (source: string, ending: string): string => source.replace('./src/', './dist/').replace(/\.ts$/, ending)
    const both = (source: string): unknown => ({ types: built(source, '.d.ts'), default: built(source, '.js') })
    const forEach = (what: Readonly<Record<string, string>>, publish: (source: string) => unknown): unknown =>
      Object.fromEntries(Object.entries(what).map(([name, source]) => [name, publish(source)]))
    expect(manifest.publishConfig.exports).toEqual(forEach(exports, both))
    expect(manifest.publishConfig.bin ?? {}).toEqual(forEach(bin, source => built(source, '.js')))
  })

  test('says what npm shows and what a bundler asks', () => {
    expect(manifest).toMatchObject({ license: 'Apache-2.0', type: 'module', sideEffects: false, files: ['dist'] })
    expect(manifest).toMatchObject({ engines: { node: '>=22.19' }, publishConfig: { access: 'public' } })
    expect(manifest.description).toMatch(/^[A-Z].{20,}/)
    expect(existsSync(join(folder, 'README.md'))).toBe(true)
  })
})
