// Looks at the published packages as a user gets them: packs each, checks the tarballs (publint, attw, what is in them),
// then installs them with npm into an empty folder, compiles and runs a consumer there. Needs `npm run build` and a registry.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Package, publishedPackages, root } from './packages.ts'

interface Packed extends Package {
  readonly tarball: string
  /** Unpacked. */
  readonly contents: string
}

const problems: string[] = []
const check = (holds: boolean, problem: string): void => {
  if (!holds) problems.push(problem)
}

const pack = (each: Package, folder: string): Packed => {
  const manifest: { readonly packageManager: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const target = join(folder, each.name.replaceAll(/[@/]/g, '_'))
  mkdirSync(join(target, 'unpacked'), { recursive: true })
  execFileSync('npx', ['-y', manifest.packageManager, 'pack', '--pack-destination', target], { cwd: each.folder, stdio: 'pipe' })
  const [file] = globSync('*.tgz', { cwd: target })
  if (!file) throw new Error(`pnpm pack left no tarball of ${each.name}`)
  execFileSync('tar', ['xzf', join(target, file), '-C', join(target, 'unpacked')])
  return { ...each, tarball: join(target, file), contents: join(target, 'unpacked/package') }
}

/** Runs a tool from node_modules; its output is a problem when it fails. */
const tool = (what: string, script: string, args: readonly string[]): void => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], { encoding: 'utf8' })
  check(status === 0, `${what}:\n${stdout}${stderr}`)
}

const checkContents = (each: Packed): void => {
  const entries = globSync('**/*', { cwd: each.contents, withFileTypes: true })
  const files = entries.filter(f => f.isFile()).map(f => join(f.parentPath, f.name))
  const names = files.map(file => file.slice(each.contents.length + 1))
  for (const needed of ['package.json', 'README.md', 'LICENSE']) check(names.includes(needed), `${each.name} has no ${needed}`)
  for (const name of names) {
    check(!/\.(test|fixture|fake)\./.test(name), `${each.name} ships a test: ${name}`)
    check(!name.startsWith('src/') && (!name.endsWith('.ts') || name.endsWith('.d.ts')), `${each.name} ships a source: ${name}`)
  }
  for (const file of files.filter(f => f.endsWith('.d.ts'))) {
    const foreign = importsOf(readFileSync(file, 'utf8')).filter(from => /^(zod|undici|@kubernetes\/client-node)(\/|$)/.test(from))
    const name = file.slice(each.contents.length + 1)
    check(foreign.length === 0, `${each.name}: ${name} speaks of ${foreign.join(', ')}, which declarations are free of`)
  }
}

const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:^|[;\s}])(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, from = '']) => from)

/** Everything outside of the package that loading a built file loads at once. */
const loadedBy = (file: string, seen: Set<string> = new Set()): readonly string[] => {
  if (seen.has(file)) return []
  seen.add(file)
  const statics = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s(?:[^'"]*?\sfrom\s)?\s*['"]([^'"]+)['"]/gm)
  return [...statics].flatMap(([, from = '']) => (from.startsWith('.') ? loadedBy(join(dirname(file), from), seen) : [from]))
}

/** What loading an entry point may not load: providers stay light, and client-node costs half a second. */
const checkWeight = (each: Packed): void => {
  if (each.name !== '@kube-node/core') return
  for (const entry of Object.keys(each.exports)) {
    const file = join(each.contents, 'dist', entry, 'index.js')
    if (!existsSync(file)) continue
    const loaded = new Set(loadedBy(file))
    check(!loaded.has('@kubernetes/client-node'), `${each.name}: ${entry} loads client-node before it is needed`)
    if (entry !== './provider') continue
    check(loaded.size === 0, `${each.name}: ${entry} loads ${[...loaded].join(', ')}; provider authors get it free of imports`)
  }
}

/** A project of a user's own: every entry point imported, compiled strictly, run. */
const consume = (packages: readonly Packed[], folder: string): void => {
  mkdirSync(folder)
  const tarballs = Object.fromEntries(packages.map(({ name, tarball }) => [name, `file:${tarball}`]))
  const entries = packages.flatMap(({ name, exports }) => Object.keys(exports).map(entry => name + entry.slice(1)))
  const consumer = [
    ...entries.map((entry, index) => `import * as entry${index} from '${entry}'`),
    ...(entries.includes('@kube-node/core/provider')
      ? [
          "import { ProviderError } from '@kube-node/core/provider'",
          "const stockout: boolean = ProviderError.is(new ProviderError('Busy', ''))",
        ]
      : ['const stockout = true']),
    `const names: readonly string[] = [${entries.map((_, index) => `...Object.keys(entry${index})`).join(', ')}]`,
    "if (names.length === 0 || !stockout) throw new Error('the packages export nothing')",
    "console.log(names.length + ' exports')",
  ]
  const settings = { target: 'es2024', module: 'nodenext', strict: true, types: ['node'], noEmit: true, exactOptionalPropertyTypes: true }
  const manifest = { private: true, type: 'module', dependencies: { ...tarballs, '@types/node': '^24.0.0' }, overrides: tarballs }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: settings, files: ['consumer.ts'] }))
  writeFileSync(join(folder, 'consumer.ts'), consumer.join('\n'))

  const run = (what: string, file: string, args: readonly string[]): string | undefined => {
    const { status, stdout, stderr } = spawnSync(file, args, { cwd: folder, encoding: 'utf8' })
    check(status === 0, `${what}:\n${stdout}${stderr}`)
    return status === 0 ? stdout.trim() : undefined
  }
  const quietly = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  if (run('npm install of the tarballs', 'npm', ['install', ...quietly]) === undefined) return
  run('types, as a consumer compiles them', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'])
  run('the consumer', process.execPath, ['consumer.ts'])
  for (const { name, bin } of packages) {
    const installed = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')
    const { version }: { readonly version: string } = JSON.parse(installed)
    for (const command of Object.keys(bin)) {
      const answer = run(`${command} --version`, join(folder, 'node_modules/.bin', command), ['--version'])
      check(answer === undefined || answer.includes(version), `${command} --version answers "${answer}", the package is ${version}`)
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'kube-node-packages-'))
try {
  const packages = publishedPackages().filter(each => existsSync(join(each.folder, 'dist')))
  if (packages.length === 0) throw new Error('nothing is built: npm run build')
  const packed = packages.map(each => pack(each, folder))
  for (const each of packed) {
    tool(`publint of ${each.name}`, 'publint/src/cli.js', ['--strict', each.tarball])
    tool(`attw of ${each.name}`, '@arethetypeswrong/cli/dist/index.js', [each.tarball, '--profile', 'esm-only', '--no-emoji'])
    checkContents(each)
    checkWeight(each)
  }
  consume(packed, join(folder, 'consumer'))
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  const result = problems.length === 0 ? 'as users expect them' : `${problems.length} problems`
  console.log(`${packed.map(each => each.name).join(', ')}: ${result}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
