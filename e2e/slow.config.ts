import type { ViteUserConfig } from 'vitest/config'
import usual from './vitest.config.ts'

// Stories that wait for minutes of a real cluster's time, and are therefore not told with each commit.
const config: ViteUserConfig = { test: { ...usual.test, include: ['e2e/**/*.slow.ts'], testTimeout: 900_000 } }

export default config
