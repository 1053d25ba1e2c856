import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
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
