import { configDefaults, defineConfig } from "vitest/config";

/** Whole suites against whole subjects: minutes, where everything else takes seconds. `npm run test:all` has them, and so has CI. */
const SLOW = [
  "test/faults/**",
  "test/adapters/storm/**",
  "test/conformance/{worker,front,mutants,front-mutants}.test.ts",
  "test/conformance/fuzz-*.test.ts",
  "test/interop/{conformance,front-suite,own-implementation}.test.ts",
];
const isAll = process.env["UWSGI_BRIDGE_TESTS"] === "all";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...(isAll ? [] : SLOW)],
    // Applications under test are loaded by Node, as they would be in production.
    deps: { interopDefault: false },
    server: { deps: { external: [/\/test\/adapters\/apps\//, /\/uwsgi-bridge-test-/] } },
    // Most tests wait for sockets and processes more than they compute.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    coverage: {
      provider: "v8",
      // What the tests of the codec leave out of it. Over all suites the figures would mislead: much runs in other processes.
      include: ["src/codec/**/*.ts"],
      reporter: ["text-summary", "lcovonly"],
      thresholds: { statements: 100, branches: 100, functions: 100, lines: 100 },
    },
  },
});
