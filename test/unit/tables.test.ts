import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { COORDINATOR_TABLES } from "../../src/backfill/coordinator/coordinator.ts";
import { GATE_TABLES } from "../../src/backfill/rate-gate/rate-gate.ts";
import { SITE_TABLES } from "../../src/backfill/site/site.ts";
import { SYNC_TABLES } from "../../src/etl/etl.ts";

const SRC = resolve(import.meta.dirname, "../../src");
/** Hot storage has other tables, some with the same names. */
const ROOMS_OF_OBJECTS = ["backfill", "etl", "fetch", "object"];
const OBJECTS = { coordinator: COORDINATOR_TABLES, gate: GATE_TABLES, site: SITE_TABLES, sync: SYNC_TABLES };

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((path) => ROOMS_OF_OBJECTS.some((room) => path.startsWith(`${room}/`)))
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .map((path) => ({ path, text: readFileSync(join(SRC, path), "utf8") }));

const homesOf = (table: string) =>
  files.filter(({ text }) => text.includes(`name: "${table}"`)).map(({ path }) => path);

/** Files with a statement on the table. A migration may also read tables of earlier versions, so it does not count. */
const filesWithSqlOn = (table: string) => {
  const statement = new RegExp(`(FROM|INTO|UPDATE|JOIN|TABLE) ${table}\\b`);
  return files.filter(({ text }) => statement.test(withoutMigrations(text))).map(({ path }) => path);
};

function withoutMigrations(text: string): string {
  const start = text.indexOf("migrations: {");
  if (start === -1) return text;
  let depth = 0;
  for (let at = text.indexOf("{", start); at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}" && --depth === 0)
      return text.slice(0, start) + withoutMigrations(text.slice(at + 1));
  }
  throw new Error("a migration has no end");
}

const tables = Object.entries(OBJECTS).flatMap(([object, of]) =>
  of.map(({ name }) => [name, object] as const),
);

test.each(tables)("the SQL of the table %s (%s) is in its own file alone", (table) => {
  const homes = homesOf(table);
  expect(homes.length).toBeGreaterThan(0);
  for (const path of filesWithSqlOn(table)) expect(homes).toContain(path);
});

test("every table of an object has a name of its own, and its first migration creates it", () => {
  for (const of of Object.values(OBJECTS)) {
    const names = of.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, migrations } of of) expect(Object.keys(migrations).length, name).toBeGreaterThan(0);
  }
});

test("no file has SQL on a table that no object has", () => {
  const known = new Set(tables.map(([name]) => name));
  const unknown = files.flatMap(({ path, text }) =>
    [...withoutMigrations(text).matchAll(/\b(?:FROM|INTO|UPDATE|JOIN|DELETE FROM) ([a-z_]+)\b/g)]
      .map(([, name = ""]) => name)
      .filter((name) => !known.has(name) && name !== "schema_version")
      .map((name) => `${path}: ${name}`),
  );
  expect(unknown).toEqual([]);
});
