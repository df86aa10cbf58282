import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["packages/testkit/global-setup.ts"],
    include: ["packages/**/*.test.ts"],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: { NO_COLOR: "1", TZ: "UTC" },
  },
});
