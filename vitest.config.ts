import { defineConfig } from "vitest/config";

const resultsFile = process.env.TEST_RESULTS;

export default defineConfig({
  test: {
    globalSetup: ["packages/testkit/global-setup.ts", "packages/pack/bundle-for-tests.ts"],
    include: ["packages/**/*.test.ts"],
    reporters: resultsFile === undefined ? ["default"] : ["default", ["json", { outputFile: resultsFile }]],
    maxWorkers: 3,
    isolate: false,
    setupFiles: ["packages/testkit/fresh-process.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: { NO_COLOR: "1", TZ: "UTC" },
  },
});
