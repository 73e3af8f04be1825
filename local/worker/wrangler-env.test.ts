import { afterEach, expect, it, vi } from "vitest";
import { wranglerProcessEnv } from "./wrangler-env.ts";

afterEach(() => vi.unstubAllEnvs());

it("every folder that wrangler writes to is in the state directory", () => {
  const { PATH: _, ...env } = wranglerProcessEnv("/state");
  const paths = Object.values(env).filter((value) => value.includes("/"));
  expect(paths.length).toBeGreaterThan(5);
  for (const path of paths) expect(path).toMatch(/^\/state\/wrangler/);
});

it("adds this machine to the hosts that no proxy reaches", () => {
  vi.stubEnv("NO_PROXY", "internal.example");
  vi.stubEnv("no_proxy", undefined);
  const all = "internal.example,127.0.0.1,localhost,[::1]";
  expect(wranglerProcessEnv("/state")).toMatchObject({ NO_PROXY: all, no_proxy: all });
});
