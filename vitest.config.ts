import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import LongestFirst from "./test/longest-first.ts";

/** For wrangler, which these tests start some thirty times: a fifth of a start is compiling its code. */
const COMPILE_CACHE = { NODE_COMPILE_CACHE: `${import.meta.dirname}/node_modules/.cache/node-compile` };

export default defineConfig({
  test: {
    // System tests wait half of their time, so that four workers keep two cores busy. More are no faster, and on a slow machine
    // each test takes longer.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    reporters: ["default", "./test/summary-reporter.ts"],
    // workerd reports the failure of a body's read again as unhandled, though it was handled.
    onUnhandledError: ({ stack }) => !stack?.includes("src/ace/transport/read-body.ts"),
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "src/**/*.test.ts",
            "simulator/**/*.test.ts",
            "launch/**/*.test.ts",
            "local/**/*.test.ts",
            "client/**/*.test.ts",
            "terminal/**/*.test.ts",
            "cli/**/*.test.ts",
            "dashboard/src/**/*.test.ts",
            "test/unit/**/*.test.ts",
            "test/day-file/**/*.test.ts",
            "test/query/**/*.test.ts",
            "test/reading/**/*.test.ts",
            "test/world/**/*.test.ts",
            "test/faults/**/*.test.ts",
            "test/soak/**/*.test.ts",
            "bench/**/*.test.ts",
          ],
          // Four workers share two cores.
          testTimeout: 120_000,
          hookTimeout: 60_000,
          isolate: false,
        },
      },
      {
        // Inside workerd: the ports behave there as in the simulated world.
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./workers/wrangler-backfill.toml" },
            miniflare: {
              // Of the Query Worker, whose ports are tested in the same runtime.
              d1Databases: ["D1"],
              // No server listens there, so that no request of a site reaches a vendor.
              bindings: { ACE_API_BASE: "http://127.0.0.1:9/api", ACE_API_KEY: "vendor-key" },
            },
          }),
        ],
        test: {
          name: "workerd",
          include: ["test/workerd/**/*.test.ts"],
          globalSetup: ["./test/workerd/hostile-server.setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          // Nothing can be written to such a home, also not by root: the stack needs none.
          env: { ...COMPILE_CACHE, HOME: "/dev/null" },
          isolate: false,
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        // The dashboard on the real stack, in Chromium.
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          env: COMPILE_CACHE,
          isolate: false,
          // As long as the tests wait for an element; a request of the page takes more than the usual second on a busy machine.
          expect: { poll: { timeout: 60_000 } },
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
