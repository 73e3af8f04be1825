import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

/** The Worker's name, and the names and ids of its bucket, namespace and database, as `key value`. */
const resources = (toml: string) =>
  [...toml.matchAll(/^(name|bucket_name|id|database_name|database_id) = "(.+)"/gm)]
    .filter(([, key, value = ""]) => key !== "name" || value.startsWith("building-"))
    .map(([, key, value]) => `${key} ${value}`);

const TOMLS = ["backfill", "etl", "query"].map((worker) => `workers/wrangler-${worker}.toml`);

test.each(TOMLS)("a deployment of %s without --env touches nothing of an environment", (file) => {
  const [topLevel = "", ...environments] = read(file).split(/^\[env\.\w+\]$/m);
  expect(environments).toHaveLength(2);
  const used = new Set(environments.flatMap(resources));
  expect(resources(topLevel).length).toBeGreaterThan(2);
  expect(used.size).toBeGreaterThan(5);
  expect(resources(topLevel).filter((resource) => used.has(resource))).toEqual([]);
});

test("what reads a state directory names the stores of the top level", () => {
  const stores = (file: string) =>
    resources(read(file).split("[env.")[0] ?? "").filter((resource) => !resource.startsWith("name "));
  const ofWorkers = TOMLS.flatMap(stores);
  expect(new Set(stores("local/stack/state.toml"))).toEqual(new Set(ofWorkers));
});
