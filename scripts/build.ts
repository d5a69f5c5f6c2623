// Builds every published package into its dist: JavaScript by tsup, types by tsc (tsup's own types need an older compiler).
//   node scripts/build.ts [package folder name ...]
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { build } from 'tsup'
import { type Package, publishedPackages, root } from './packages.ts'

const tsc = join(root, 'node_modules/typescript/bin/tsc')

/** `./src/api/index.ts` is built to `dist/api/index.js`. */
const entriesOf = (each: Package): Record<string, string> =>
  Object.fromEntries(
    [...Object.values(each.exports), ...Object.values(each.bin)]
      .filter(source => existsSync(join(each.folder, source)))
      .map(source => [source.replace(/^\.\/src\//, '').replace(/\.ts$/, ''), join(each.folder, source)]),
  )

const buildJavaScript = async (each: Package): Promise<void> => {
  await build({
    config: false,
    entry: entriesOf(each),
    outDir: join(each.folder, 'dist'),
    format: 'esm',
    target: 'node22',
    platform: 'node',
    splitting: true,
    sourcemap: true,
    clean: false,
    silent: true,
    external: each.dependencies.map(name => new RegExp(`^${name}(/|$)`)),
    tsconfig: join(root, 'tsconfig.build.json'),
  })
}

const emitTypes = (each: Package): boolean => {
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', join(each.folder, 'tsconfig.build.json')], { encoding: 'utf8' })
  if (status !== 0) {
    console.error(`${stdout}${each.name}: its types do not compile`)
    return false
  }
  const dist = join(each.folder, 'dist')
  const reached = reachable(Object.keys(entriesOf(each)).map(entry => join(dist, `${entry}.d.ts`)))
  for (const file of globSync('**/*.d.ts', { cwd: dist })) {
    const path = join(dist, file)
    // rewriteRelativeImportExtensions speaks of JavaScript alone: declarations keep `./x.ts`, which no consumer has.
    if (reached.has(path)) writeFileSync(path, readFileSync(path, 'utf8').replace(relativeSource, '$1.js$2'))
    else rmSync(path)
  }
  return true
}

const relativeSource = /((?:from|import)\s*\(?\s*['"]\.{1,2}\/[^'"]*?)\.ts(['"])/g

/** The declarations that a consumer's compiler can come to. */
const reachable = (entries: readonly string[]): ReadonlySet<string> => {
  const found = new Set<string>()
  const visit = (path: string): void => {
    if (found.has(path) || !existsSync(path)) return
    found.add(path)
    for (const [, specifier = ''] of readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]*)\.ts['"]/g)) {
      visit(join(dirname(path), `${specifier}.d.ts`))
    }
  }
  for (const entry of entries) visit(entry)
  return found
}

const wanted = process.argv.slice(2)
const packages = publishedPackages().filter(each => wanted.length === 0 || wanted.includes(basename(each.folder)))
// All at once and first: a build that fails half-way leaves nothing old behind that looks new.
for (const each of packages) rmSync(join(each.folder, 'dist'), { recursive: true, force: true })
for (const each of packages) {
  const started = performance.now()
  const entries = Object.keys(entriesOf(each))
  if (entries.length === 0) {
    console.log(`${each.name}: nothing to build yet`)
    continue
  }
  await buildJavaScript(each)
  if (!emitTypes(each)) {
    // What comes after needs these types.
    process.exitCode = 1
    break
  }
  console.log(`${each.name}: ${entries.join(', ')} in ${((performance.now() - started) / 1_000).toFixed(1)} s`)
}
