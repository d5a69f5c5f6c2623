import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const root: string = dirname(import.meta.dirname)

/** A package of this workspace that is published. */
export interface Package {
  readonly name: string
  readonly folder: string
  /** What a consumer may import (`.`, `./api`), each with the source file behind it. */
  readonly exports: Readonly<Record<string, string>>
  /** Commands, each with the source file behind it. */
  readonly bin: Readonly<Record<string, string>>
  /** Names of packages that are installed with it, of ours and others. */
  readonly dependencies: readonly string[]
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

const texts = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(isRecord(value) ? value : {}).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])))

const readPackage = (folder: string): Package | undefined => {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (!isRecord(manifest) || typeof manifest['name'] !== 'string') throw new Error(`${folder}/package.json has no name`)
  if (manifest['private'] === true) return undefined
  return {
    name: manifest['name'],
    folder,
    exports: texts(manifest['exports']),
    bin: texts(manifest['bin']),
    dependencies: [manifest['dependencies'], manifest['peerDependencies']].flatMap(names => Object.keys(texts(names))),
  }
}

/** All published packages, each after those that it depends on. */
export const publishedPackages = (): readonly Package[] => {
  const manifests = globSync('packages/*/package.json', { cwd: root }).sort()
  const all = manifests.map(file => readPackage(join(root, dirname(file)))).filter(each => each !== undefined)
  const ordered: Package[] = []
  const visit = (each: Package, path: readonly string[]): void => {
    if (ordered.includes(each)) return
    if (path.includes(each.name)) throw new Error(`packages depend in a circle: ${[...path, each.name].join(' -> ')}`)
    for (const other of all) if (each.dependencies.includes(other.name)) visit(other, [...path, each.name])
    ordered.push(each)
  }
  for (const each of all) visit(each, [])
  return ordered
}
