import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runner } from './runner.fixture.ts'
import { providerConformance } from './index.ts'
import { simulatedManifest, simulatedWorld } from './simulated.fixture.ts'

/** As for other tests here that start a program: it loads all of core and the suite once more. */
const aProcessOfItsOwnMs = 60_000

test(
  'the suite runs as it is in node:test',
  () => {
    const file = fileURLToPath(new URL('node-test.fixture.ts', import.meta.url))
    const { status, stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', file], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    })
    const { registered } = providerConformance({ test: runner(), factory: () => simulatedWorld(), manifest: simulatedManifest() })
    expect({ status, counts: stdout.match(/^# (tests|pass|fail|skipped) \d+$/gm) }).toEqual({
      status: 0,
      counts: [`# tests ${registered.length}`, `# pass ${registered.length}`, '# fail 0', '# skipped 0'],
    })
  },
  aProcessOfItsOwnMs,
)
