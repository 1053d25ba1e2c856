import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Applications under test are loaded by Node, as they would be in production.
    deps: { interopDefault: false },
    server: { deps: { external: [/\/test\/adapters\/apps\//, /\/uwsgi-bridge-test-/] } },
    // Most tests wait for sockets and processes more than they compute.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      reporter: ["text-summary", "lcovonly"],
      thresholds: {
        lines: 90,
        branches: 85,
        "src/codec/**": { statements: 100, branches: 100, functions: 100, lines: 100 },
      },
    },
  },
});
