import type { TestProject } from "vitest/node";
import { startHostileServer } from "../conformance/hostile-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    hostileApi: string;
  }
}

/** Runs in Node, for the tests that run in workerd. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startHostileServer();
  project.provide("hostileApi", server.api);
  return () => server.close();
}
