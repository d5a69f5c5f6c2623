import { availableParallelism } from 'node:os'
import { type ViteUserConfig, defineConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    include: [
      'packages/*/{src,test}/**/*.test.ts',
      'bench/**/*.test.ts',
      'scripts/**/*.test.ts',
      'lint/**/*.test.ts',
      'examples/**/*.test.ts',
    ],
    pool: 'threads',
    // vitest would leave one core alone, which on a machine with two is half of it.
    maxWorkers: availableParallelism(),
    // Nothing here has global state, so test files may share modules: loading those anew for each took longer than most tests.
    isolate: false,
    // Ends what hangs. Whole clusters live through hours in one test, and machines are slow.
    testTimeout: 60_000,
  },
})

export default config
