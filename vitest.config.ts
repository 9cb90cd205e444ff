// The test suite: one database cluster for all of it, a private database per file that asks for one.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['test/cluster.ts'],
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: ['test/bench/**', 'node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What another process or the page does takes longer on a busy machine than vitest's one second.
    expect: { poll: { timeout: 15_000 } },
  },
})
