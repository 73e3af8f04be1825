import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { createHotTables, openState, wranglerProcessEnv } from "../../local/stack/stack.ts";

const ROOT = join(import.meta.dirname, "../..");
const stateDir = mkdtempSync(join(tmpdir(), "hot-tables-"));
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

async function tableNames(): Promise<string[]> {
  const state = await openState(stateDir);
  try {
    const { results } = await state.hot
      .prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name",
      )
      .all<{ name: string }>();
    return results.map(({ name }) => name).filter((name) => !name.startsWith("sqlite_"));
  } finally {
    await state.close();
  }
}

/** The command of the documents, on the local database. */
async function migrate(): Promise<string> {
  const wrangler = join(
    dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
    "bin/wrangler.js",
  );
  const command = [
    "d1",
    "migrations",
    "apply",
    "building-vitals-hot-local",
    "-c",
    "workers/wrangler-etl.toml",
  ];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [wrangler, ...command, "--local", "--persist-to", stateDir],
    { cwd: ROOT, env: { ...process.env, ...wranglerProcessEnv(stateDir), CI: "1" } },
  );
  return stdout;
}

test("the local stack and wrangler apply the same migrations, each once, also to tables of an earlier version", async () => {
  const state = await openState(stateDir);
  await state.hot.prepare("CREATE TABLE samples (point_id INTEGER, ms INTEGER, value REAL)").run();
  await state.hot.prepare("CREATE TABLE sites (id INTEGER PRIMARY KEY, name TEXT)").run();
  await state.close();
  await createHotTables(stateDir);
  const tables = ["blocks", "d1_migrations", "days", "points", "sites", "windows"];
  expect(await tableNames()).toEqual(tables);
  const filled = await openState(stateDir);
  await filled.hot.prepare("INSERT INTO sites VALUES (1, 'a', 1, 0, NULL)").run();
  await filled.close();
  await createHotTables(stateDir);
  expect(await migrate()).toContain("No migrations to apply");
  const after = await openState(stateDir);
  expect((await after.hot.prepare("SELECT name FROM sites").all()).results).toEqual([{ name: "a" }]);
  await after.hot.batch([...tables].reverse().map((table) => after.hot.prepare(`DROP TABLE ${table}`)));
  await after.close();
  expect(await migrate()).toContain("0001_hot_blocks.sql");
  expect(await tableNames()).toEqual(tables);
});
