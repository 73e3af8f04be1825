import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const SRC = resolve(import.meta.dirname, "../../src");
const DASHBOARD = resolve(import.meta.dirname, "../../dashboard/src");

/** A layer may import itself and what stands to its right; each line with the reason for its last word. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  // Pure: no I/O, no clock, no layer.
  domain: [],
  // What the rules may do to the world, as types.
  ports: ["domain"],
  contract: ["domain"],
  // A mutex and time limits, by the clock of a port.
  concurrency: ["ports"],
  ace: ["domain", "ports", "concurrency"],
  parquet: ["domain"],
  archive: ["domain", "ports"],
  // The hot storage: blocks in the archive's encoding, in a database behind a port.
  hot: ["domain", "ports", "parquet"],
  // What every Durable Object uses: tables, alarms, outboxes, the memory of its isolate.
  object: ["domain", "ports", "contract", "concurrency"],
  // Requests to the API and pages of a window, for the backfill and for the sync.
  fetch: ["domain", "ports", "concurrency", "ace", "parquet", "object"],
  // The rules: everything but the runtime.
  backfill: ["domain", "ports", "contract", "concurrency", "ace", "parquet", "object", "fetch"],
  // The rules of the sync: hot storage kept up to date.
  etl: ["domain", "ports", "contract", "concurrency", "ace", "parquet", "object", "fetch", "hot"],
  // Reads what the backfill wrote; storage only through ports.
  query: ["domain", "ports", "contract", "concurrency", "parquet", "hot"],
  http: ["domain", "ports", "contract", "query"],
  // The only layer that knows Cloudflare's objects.
  cloudflare: ["domain", "ports", "contract", "ace", "archive", "object", "backfill", "etl", "query", "hot"],
  entry: ["domain", "ports", "contract", "cloudflare", "http", "query"],
};

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".test.ts"))
    .map((path) => join(folder, path));
const files = filesOf(SRC);

const layerOf = (path: string) => {
  const [first = "", ...rest] = relative(SRC, path).split("/");
  return rest.length === 0 ? "entry" : first;
};

const importsOf = (path: string) =>
  [...readFileSync(path, "utf8").matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => match[1] ?? "");

test("every layer imports only what stands below it", () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => ({ from: layerOf(file), to: layerOf(resolve(dirname(file), specifier)), file }))
      .filter(({ from, to }) => from !== to && !MAY_IMPORT[from]?.includes(to))
      .map(({ to, file: path }) => `${relative(SRC, path)} imports ${to}`),
  );
  expect(wrong).toEqual([]);
});

test("only the Cloudflare layer and the archive name the runtime's types and modules", () => {
  const runtime = /\b(DurableObject|R2Bucket|KVNamespace|D1Database|cloudflare:)\w*/;
  const wrong = files
    .filter((file) => !["cloudflare", "archive", "entry"].includes(layerOf(file)))
    .filter((file) => runtime.test(readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")))
    .map((file) => relative(SRC, file));
  expect(wrong).toEqual([]);
});

test("no layer below the runtime reads a clock, a random number or the environment", () => {
  const impure = /\b(Date\.now\(|new Date\(\)|Math\.random\(|process\.env|setTimeout\()/;
  const wrong = files
    .filter((file) => !["cloudflare", "entry"].includes(layerOf(file)))
    .filter((file) => impure.test(readFileSync(file, "utf8")))
    .map((file) => relative(SRC, file));
  expect(wrong).toEqual([]);
});

test("the dashboard takes days and times from the domain, and of the contract only types", () => {
  const wrong = filesOf(DASHBOARD).flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/^import (type )?[^;]*?from\s*"([^"]+)"/gms)]
      .map(([, type, specifier = ""]) => ({ type, path: resolve(dirname(file), specifier), specifier }))
      .filter(({ specifier, path }) => specifier.startsWith(".") && path.startsWith(SRC))
      .filter(({ type, path }) => layerOf(path) !== "domain" && !(layerOf(path) === "contract" && type))
      .map(({ specifier }) => `${relative(DASHBOARD, file)} imports ${specifier}`),
  );
  expect(wrong).toEqual([]);
});

test("only the dashboard's entry takes the browser's clock and its storage", () => {
  const impure = /\b(Date\.now\(|Math\.random\(|sessionStorage|localStorage|document\.cookie|innerHTML)/;
  const wrong = filesOf(DASHBOARD)
    .filter((file) => impure.test(readFileSync(file, "utf8")))
    .map((file) => relative(DASHBOARD, file));
  expect(wrong).toEqual(["main.tsx"]);
});

test("no file has more than 400 lines, and few more than 250", () => {
  const long = [...files, ...filesOf(DASHBOARD)]
    .map((file) => ({ file: relative(SRC, file), lines: readFileSync(file, "utf8").split("\n").length }))
    .filter(({ lines }) => lines > 250);
  expect(long.filter(({ lines }) => lines > 400)).toEqual([]);
  expect(long.length).toBeLessThanOrEqual(4);
});

const ROOT = resolve(import.meta.dirname, "../..");
/** Every folder of code but the tests, which may look into any room. */
const CODE = ["src", "client", "terminal", "local", "cli", "simulator", "bench", "dashboard/src"];
/** Shared vocabulary: each file may be imported by itself. */
const OPEN = ["src/domain", "src/ports", "src/contract"];

const sources = CODE.flatMap((folder) => filesOf(join(ROOT, folder)));
const relativeImports = new Map(
  sources.map((file) => [
    file,
    importsOf(file)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => resolve(dirname(file), specifier)),
  ]),
);

/** The file that others import of a folder: the one of the folder's own name. */
function doorOf(folder: string): string | undefined {
  if (OPEN.includes(relative(ROOT, folder))) return undefined;
  return [".ts", ".tsx"].map((end) => join(folder, basename(folder) + end)).find((file) => existsSync(file));
}

/** The folders that an import of `to` enters, seen from `from`. */
function entered(from: string, to: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(to); folder !== ROOT && folder !== "/"; folder = dirname(folder)) {
    if (!from.startsWith(`${folder}/`)) folders.push(folder);
  }
  return folders;
}

test("a room is entered by its door alone", () => {
  const wrong = sources.flatMap((file) =>
    (relativeImports.get(file) ?? [])
      .filter((to) => entered(file, to).some((folder) => ![undefined, to].includes(doorOf(folder))))
      .map((to) => `${relative(ROOT, file)} imports ${relative(ROOT, to)}`),
  );
  expect(wrong).toEqual([]);
});

test("a room has about a dozen files at most", () => {
  const counts = Map.groupBy(sources, dirname);
  const large = [...counts].filter(
    ([folder, files]) => files.length > 14 && !OPEN.includes(relative(ROOT, folder)),
  );
  expect(large.map(([folder, files]) => `${relative(ROOT, folder)}: ${files.length}`)).toEqual([]);
});

test("no two files import each other, by whatever way and types included", () => {
  const circles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string) => {
    if (path.includes(file))
      circles.push([...path.slice(path.indexOf(file)), file].map((f) => relative(ROOT, f)).join(" → "));
    if (path.includes(file) || done.has(file)) return;
    path.push(file);
    for (const to of relativeImports.get(file) ?? []) visit(to);
    path.pop();
    done.add(file);
  };
  for (const file of sources) visit(file);
  expect(circles).toEqual([]);
});
