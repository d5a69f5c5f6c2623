import { type ViteUserConfig, defineConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts', 'lint/**/*.test.ts', 'examples/**/*.test.ts'],
    pool: 'threads',
  },
})

export default config
