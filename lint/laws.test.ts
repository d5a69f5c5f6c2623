import { beforeAll, describe, expect, test } from 'vitest'
import { type Snippet, lint } from './fixture.ts'

interface Case extends Snippet {
  /** The rule that must bite; absent when nothing may. */
  readonly rule?: string
}

const core = 'packages/core/src/engine/x.ts'
const inTest = 'packages/core/src/engine/x.test.ts'

/** A rule without a plugin's name is one of ours. */
const bad = (rule: string, code: string, file = core): Case => ({
  rule: rule.includes('/') ? rule : `kube-node/${rule}`,
  code: `${code}\n`,
  file,
})
const good = (code: string, file = core): Case => ({ code: `${code}\n`, file })

const laws: Readonly<Record<string, readonly Case[]>> = {
  'time comes from the clock': [
    bad('hidden-time', 'export const now = (): number => Date.now()'),
    bad('hidden-time', "export const now = (): number => globalThis.Date['now']()"),
    bad('hidden-time', 'const { now } = Date; export const at = (): number => now()'),
    bad('hidden-time', 'export const now = (): Date => new Date()'),
    bad('hidden-time', 'export const now = (): string => Date()'),
    bad('hidden-time', 'export const now = (): number => performance.now()'),
    bad('hidden-time', 'export const now = (): bigint => process.hrtime.bigint()'),
    bad('hidden-time', "import { performance } from 'node:perf_hooks'; export const now = (): number => performance.now()"),
    bad('hidden-time', 'export const later = (f: () => void): unknown => setTimeout(f, 1)'),
    bad('hidden-time', "import { setTimeout as sleep } from 'node:timers/promises'; export const nap = (): Promise<void> => sleep(1)"),
    bad('hidden-time', "import { setInterval } from 'timers'; export const tick = (f: () => void): unknown => setInterval(f, 1)"),
    bad('hidden-time', 'export const soon = (f: () => void): void => queueMicrotask(f)'),
    bad('hidden-time', 'export const soon = (f: () => void): void => process.nextTick(f)'),
    bad('hidden-time', "import { nextTick } from 'node:process'; export const soon = (f: () => void): void => nextTick(f)"),
    bad('hidden-time', 'export const limit = (): AbortSignal => AbortSignal.timeout(1)'),
    bad('hidden-time', "import PQueue from 'p-queue'; export const queue = (): unknown => new PQueue({ interval: 10 })"),
    bad('hidden-time', 'export const later = (f: () => void): unknown => setTimeout(f, 1)', inTest),
    bad('hidden-time', 'export const now = (): number => Date.now()', 'packages/testing/src/cloud/x.ts'),
    bad('hidden-time', 'export const now = (): number => Date.now()', 'packages/provider-aws/src/x.ts'),
    good('export const at = (ms: number): string => new Date(ms).toISOString()'),
    good('export const parse = (text: string): number => Date.parse(text)'),
    good('export const f = (setTimeout: () => number): number => setTimeout()'),
    good('export type Sleep = typeof setTimeout'),
    good("import PQueue from 'p-queue'; export const queue = (): unknown => new PQueue({ concurrency: 1 })"),
    good('export const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))', inTest),
    good('export const now = (): number => Date.now()', 'packages/core/src/runtime/=system.ts'),
    good('export const now = (): number => Date.now()', 'packages/cli/src/x.ts'),
  ],
  'chance comes from the runtime': [
    bad('hidden-chance', 'export const chance = (): number => Math.random()'),
    bad('hidden-chance', "import { randomUUID } from 'node:crypto'; export const id = (): string => randomUUID()"),
    bad('hidden-chance', "import { randomBytes as bytes } from 'crypto'; export const b = (): unknown => bytes(4)"),
    bad('hidden-chance', "import * as all from 'node:crypto'; export const b = (): unknown => all.randomBytes(4)"),
    bad('hidden-chance', 'export const id = (): string => crypto.randomUUID()'),
    good("import { createHash } from 'node:crypto'; export const hash = (text: string) => createHash('sha256').update(text).digest('hex')"),
    good('export const larger = (a: number, b: number): number => Math.max(a, b)'),
  ],
  'nothing finishes on threads or by loading': [
    bad('hidden-concurrency', "import { pbkdf2 } from 'node:crypto'; export const f: unknown = pbkdf2"),
    bad('hidden-concurrency', "import { gzip } from 'node:zlib'; export const f: unknown = gzip"),
    bad('hidden-concurrency', "import zlib from 'node:zlib'; export const f = (b: Buffer): unknown => zlib.createGzip().end(b)"),
    bad('hidden-concurrency', "export const load = (): Promise<unknown> => import('./other.ts')"),
    bad('hidden-concurrency', 'export const both = (a: AbortSignal, b: AbortSignal): AbortSignal => AbortSignal.any([a, b])'),
    good("import { gzipSync, constants } from 'node:zlib'; export const z = (b: Buffer) => gzipSync(b, { level: constants.Z_BEST_SPEED })"),
    good("import { pbkdf2Sync } from 'node:crypto'; export const k = (p: string): Buffer => pbkdf2Sync(p, 'salt', 1, 8, 'sha256')"),
    good('export const isOver = (signal: AbortSignal): boolean => signal.aborted'),
  ],
  'I/O stays in its folders': [
    bad('hidden-io', "import { readFileSync } from 'node:fs'; export const read = (f: string): string => readFileSync(f, 'utf8')"),
    bad('hidden-io', "export { spawn } from 'child_process'"),
    bad('hidden-io', 'export const get = (u: string): Promise<Response> => fetch(u)'),
    bad('hidden-io', "import { createServer } from 'node:http'; export const server = (): unknown => createServer()"),
    bad('hidden-io', 'export const end = (): never => process.exit(1)'),
    good("import { createServer } from 'node:http'; export const server = () => createServer()", 'packages/core/src/engine/=http.ts'),
    good("import type { Server } from 'node:http'; export type S = Server"),
    good("import { readFileSync } from 'node:fs'; export const read = (f: string): string => readFileSync(f, 'utf8')", inTest),
  ],
  'nothing depends on the language of the machine': [
    bad('default-locale', 'export const order = (a: string, b: string): number => a.localeCompare(b)'),
    bad('default-locale', 'export const text = (n: number): string => n.toLocaleString()'),
    bad('default-locale', 'export const f = (): unknown => new Intl.NumberFormat()'),
    good("export const order = (a: string, b: string): number => a.localeCompare(b, 'en')"),
    good('export const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)'),
  ],
  'a module remembers nothing': [
    bad('module-state', 'let count = 0; export const next = (): number => ++count'),
    bad('module-state', 'const seen = new Set<string>(); export const see = (s: string): unknown => seen.add(s)'),
    bad('module-state', 'const cache = new WeakMap<object, number>(); export const get = (o: object): unknown => cache.get(o)'),
    bad('module-state', 'const list: string[] = []; export const add = (s: string): unknown => list.push(s)'),
    bad('module-state', 'const known: Record<string, number> = {}; export const set = (k: string): void => { known[k] = 1 }'),
    bad('module-state', 'const word = /a/g; export const has = (s: string): boolean => word.test(s)'),
    bad('module-state', 'export class A { static count = 0 }'),
    bad('module-state', "import { register } from 'prom-client'; export const text = (): Promise<string> => register.metrics()"),
    good("const known = new Set(['a']); export const has = (s: string): boolean => known.has(s)"),
    good('const none: ReadonlySet<string> = new Set(); export const has = (s: string): boolean => none.has(s)'),
    good('const word = /a/; export const has = (s: string): boolean => word.test(s)'),
    good('export const counter = (): (() => number) => { let count = 0; return () => ++count }'),
    good("import { Registry } from 'prom-client'; export const make = (): Registry => new Registry()"),
  ],
  'classes are known by brand': [
    bad('brands', "import { ApiError } from '../kube/index.ts'; export const is = (e: unknown): boolean => e instanceof ApiError"),
    bad('brands', "import { ProviderError } from './error.ts'; export const is = (e: unknown): boolean => e instanceof ProviderError"),
    bad(
      'brands',
      "import { ProviderError } from '@kube-node/core/provider'; export const is = (e: unknown): boolean => e instanceof ProviderError",
      'packages/provider-aws/src/x.ts',
    ),
    good('export const is = (e: unknown): boolean => e instanceof TypeError'),
    good("import { Mine } from './mine.ts'; export const is = (e: unknown): boolean => e instanceof Mine"),
    good("import { Mine } from '../mine.ts'; export const f = (e: unknown) => e instanceof Mine", 'packages/testing/src/server/verbs/x.ts'),
    good("import { ApiError } from '../kube/index.ts'; export const is = (e: unknown): boolean => ApiError.is(e)"),
  ],
  'no error is swallowed': [
    bad('swallowed-errors', 'export const f = (g: () => void): void => { try { g() } catch {} }'),
    bad('swallowed-errors', 'export const f = (g: () => void): void => { try { g() } catch { /* fine */ } }'),
    bad('swallowed-errors', 'export const f = (p: Promise<void>): Promise<void> => p.catch(() => {})'),
    bad('swallowed-errors', 'export const f = (p: Promise<void>): Promise<void> => p.catch(() => undefined)'),
    bad('swallowed-errors', 'export const f = (p: Promise<void>): Promise<void> => p.then(() => undefined, () => {})'),
    good('export const f = (g: () => void): boolean => { try { g() } catch { return false } return true }'),
    good('export const f = (p: Promise<void>): Promise<boolean> => p.then(() => true, () => false)'),
  ],
  'a cast says why': [
    bad('commented-casts', 'export const f = (x: unknown): string => x as string'),
    bad('commented-casts', 'export const f = (x: number): string => x as unknown as string'),
    good('// Border: the caller has checked it.\nexport const f = (x: unknown): string => x as string'),
    good('export const f = (x: unknown): string => x as string // the schema has said so'),
    good("export const f = { a: 'b' } as const satisfies Record<string, string>"),
    good('export const f = (x: number): string => x as unknown as string', inTest),
  ],
  'lines fit on a screen': [
    bad('line-length', `export const long: string = '${'x'.repeat(140)}'`),
    good(`export const long: string = '${'x'.repeat(100)}'`),
  ],
  'rooms of core: one door, one way': [
    bad('rooms', "export { a } from '../kube/errors.ts'"),
    bad('rooms', "import type { A } from '../node/index.ts'; export type B = A"),
    bad('rooms', "import { a } from '../engine/index.ts'; export const b: unknown = a", 'packages/core/src/runtime/x.ts'),
    bad('rooms', "import { a } from '../kube/index.ts'; export const b: unknown = a", 'packages/core/src/provider/x.ts'),
    bad('rooms', "import { a } from '../node/index.ts'; export const b: unknown = a", 'packages/core/src/nodeset/x.ts'),
    bad('rooms', "import { a } from '../nodeset/index.ts'; export const b: unknown = a", 'packages/core/src/node/x.ts'),
    bad('rooms', "import { a } from '../index.ts'; export const b: unknown = a"),
    bad('rooms', "import { a } from '../api/index.ts'; export const b: unknown = a", 'packages/core/src/attic/x.ts'),
    bad('rooms', "import { a } from '../../../testing/src/server/index.ts'; export const b: unknown = a", inTest),
    good("import { a } from '../kube/index.ts'; export const b: unknown = a"),
    good("import { a } from './deep/other.ts'; export const b: unknown = a"),
    good("import { a } from '../inventory/index.ts'; export const b: unknown = a", 'packages/core/src/node/x.ts'),
    good("export * from './engine/index.ts'", 'packages/core/src/=index.ts'),
  ],
  'packages: one way': [
    bad('rooms', "import { a } from '@kube-node/testing/server'; export const b: unknown = a"),
    bad('rooms', "import { a } from '@kube-node/core/kube'; export const b: unknown = a", 'packages/provider-aws/src/x.ts'),
    bad('rooms', "import { a } from 'kube-node'; export const b: unknown = a", 'packages/testing/src/server/x.ts'),
    bad('rooms', "import { a } from '@kube-node/testing/server'; export const b: unknown = a", 'packages/cli/src/x.ts'),
    bad('rooms', "import { KubeConfig } from '@kubernetes/client-node'; export const b: unknown = KubeConfig"),
    good("import { a } from '@kube-node/core/provider'; export const b: unknown = a", 'packages/provider-aws/src/x.ts'),
    good("import { a } from '@kube-node/testing/conformance'; export const b: unknown = a", 'packages/provider-aws/src/x.test.ts'),
    good("import { a } from '@kube-node/core/kube'; export const b: unknown = a", 'packages/testing/src/server/x.ts'),
    good("export const load = (): Promise<unknown> => import('@kube-node/testing/server')", 'packages/cli/src/x.ts'),
    good("import type { A } from '@kube-node/testing/server'; export type B = A", 'packages/cli/src/x.ts'),
  ],
  "what oxlint's own rules are set to": [
    bad('typescript/no-explicit-any', 'export const f = (x: any): unknown => x'),
    bad('typescript/no-non-null-assertion', 'export const f = (x: string | undefined): string => x!'),
    good('export const f = (x: string | undefined): string => x!', inTest),
    bad('import/no-default-export', 'const a = 1\nexport default a'),
    bad('typescript/no-floating-promises', 'export const f = (p: Promise<void>): void => { p }'),
    bad('typescript/no-misused-promises', 'export const f = (p: Promise<boolean>): number => (p ? 1 : 2)'),
    bad('typescript/await-thenable', 'export const f = async (x: number): Promise<number> => { return await x }'),
    bad('typescript/switch-exhaustiveness-check', "const f = (x: 'a' | 'b'): number => { switch (x) { case 'a': return 1 } return 2 }"),
    bad('vitest/no-focused-tests', "import { expect, test } from 'vitest'; test.only('x', () => { expect(1).toBe(1) })", inTest),
    bad('vitest/no-disabled-tests', "import { expect, test } from 'vitest'; test.skip('x', () => { expect(1).toBe(1) })", inTest),
  ],
}

const all = Object.values(laws).flat()
let reports: readonly (readonly string[])[] = []
beforeAll(async () => {
  reports = await lint(all)
}, 60_000)

for (const [law, cases] of Object.entries(laws)) {
  describe(law, () => {
    for (const snippet of cases) {
      test(`${snippet.rule ? 'refuses' : 'lets pass'} ${snippet.code.trim()} in ${snippet.file}`, () => {
        const found = reports[all.indexOf(snippet)] ?? ['nothing was linted']
        if (snippet.rule) expect(found).toContain(snippet.rule)
        else expect(found).toEqual([])
      })
    }
  })
}
