import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";

const MODULES = join(import.meta.dirname, "../../node_modules");

/** What was measured, and what it was measured against. */
const PACKAGES = [
  "workerd",
  "wrangler",
  "@duckdb/node-api",
  "hyparquet",
  "hyparquet-writer",
  "parquet-wasm",
] as const;

/** The machine in words: its cores, memory and kernel. */
export function machineLines(): string[] {
  const cores = cpus();
  return [
    `${cores.length} cores of ${cores[0]?.model.trim() ?? "an unknown CPU"}`,
    `${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory`,
    `${type()} ${release()}`,
  ];
}

/** The versions of Node and of the packages, as they are installed. */
export function versionsOf(): string[] {
  const versions = PACKAGES.map((name) => {
    const { version } = JSON.parse(readFileSync(join(MODULES, name, "package.json"), "utf8"));
    return `${name} ${version}`;
  });
  return [`Node ${process.versions.node}`, ...versions];
}
