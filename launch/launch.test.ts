import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { obstacle } from "./launch.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "backfill-launch-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function install(...files: readonly string[]): void {
  for (const file of files) {
    const path = join(root, "node_modules", file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "");
  }
}

const demo = (version: string) => obstacle("npm run demo", { version, root });

it("starts on Node 24 and newer, also where the packages were installed without scripts", () => {
  install("node/package.json");
  expect(demo("v24.0.0")).toBeUndefined();
  expect(demo("v100.1.2")).toBeUndefined();
});

it("names the flag that leaves Node 24 out, and what to run instead", () => {
  install("node/package.json");
  for (const version of ["v20.20.2", "v22.18.0", "v9.0.0"]) {
    const text = demo(version);
    expect(text).toContain(`npm run demo needs Node 24 or newer; this is ${version}.`);
    expect(text).toContain("--ignore-scripts, or with ignore-scripts=true in an .npmrc");
    expect(text).toContain("\n  npm install --ignore-scripts=false\n");
  }
});

it("does not advise to install again where Node 24 is installed", () => {
  install("node/package.json", "node/bin/node");
  expect(demo("v20.20.2")).toMatch(/node_modules, which npm and npx use.*\n\n {2}npm run demo$/);
});

it("says that packages are missing, also on Node 24", () => {
  const advice = expect.stringContaining("npm install --include=dev");
  expect([demo("v20.20.2"), demo("v24.0.0")]).toEqual([advice, advice]);
  // As after `npm install --omit=dev`.
  install("zod/package.json");
  expect([demo("v20.20.2"), demo("v24.0.0")]).toEqual([advice, undefined]);
});

it("every npm script starts through it", () => {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8"));
  const commands = Object.values<string>(scripts).flatMap((script) => script.split(" && "));
  const started = /^(npm run [\w:]+$|node (launch\/run|launch\/dashboard|cli\/bv-backfill)\.js\b)/;
  expect(commands.filter((command) => !started.test(command))).toEqual([]);
});
