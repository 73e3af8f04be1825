import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, matchesGlob, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { INPUTS } from "../../dashboard/build-inputs.ts";

const ROOT = join(import.meta.dirname, "../../dashboard");

/** What a browser waits for before it shows anything, compressed as the edge does it at worst. */
const FIRST_LOAD_BYTES_MAX = 150_000;

interface Built {
  readonly fileName: string;
  readonly text: string;
  /** Paths of the files that it is made of. */
  readonly moduleIds: readonly string[];
}

let built: Built[];
let page: string;
beforeAll(async () => {
  const { build } = await import("vite");
  const output = await build({ root: ROOT, logLevel: "warn", build: { write: false } });
  if (!("output" in output)) throw new Error("vite built something else than one output");
  built = output.output.map((file) => ({
    fileName: file.fileName,
    text: file.type === "chunk" ? file.code : Buffer.from(file.source).toString(),
    moduleIds: file.type === "chunk" ? file.moduleIds : [],
  }));
  page = built.find((file) => file.fileName === "index.html")?.text ?? "";
});

const bytesOf = (files: readonly Built[]) =>
  files.reduce((sum, { text }) => sum + gzipSync(text, { level: 6 }).length, 0);

test("the first load stays small: the page and all that it names", () => {
  const named = built.filter(({ fileName }) => fileName === "index.html" || page.includes(fileName));
  expect(named.map(({ fileName }) => fileName.replace(/.*\./, "")).sort()).toEqual([
    "css",
    "html",
    "js",
    "svg",
  ]);
  expect(bytesOf(named)).toBeLessThan(FIRST_LOAD_BYTES_MAX);
});

test("what draws charts is no part of the first load", () => {
  const charts = built.filter(({ text }) => text.includes("u-legend"));
  expect(charts.length).toBeGreaterThan(0);
  for (const { fileName } of charts) expect(page).not.toContain(fileName);
});

test("the page holds no script, style or handler of its own, which its policy would refuse, and nothing from elsewhere", () => {
  expect(page).toContain('<script type="module"');
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
  expect([...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url?.slice(0, 11))).toEqual(
    Array(3).fill("/dashboard/"),
  );
});

test("a change of any file that it is made of is noticed", () => {
  const own = built
    .flatMap(({ moduleIds }) => moduleIds)
    .filter((path) => path.startsWith("/") && !path.includes("node_modules"))
    .map((path) => relative(join(ROOT, ".."), path));
  expect(own.length).toBeGreaterThan(50);
  expect(own.filter((path) => !INPUTS.some((input) => matchesGlob(path, input)))).toEqual([]);
});

test("it is built where it is missing or old, not where it is up to date, and a fault ends the build with an error", () => {
  const copy = mkdtempSync(join(tmpdir(), "backfill-dashboard-"));
  const project = join(ROOT, "..");
  const build = () => {
    const { status, stderr } = spawnSync(process.execPath, ["launch/dashboard.js"], { cwd: copy });
    return { status, stderr: String(stderr) };
  };
  const page = () => readFileSync(join(copy, "workers/assets/dashboard/index.html"), "utf8");
  try {
    for (const path of [
      "launch",
      "dashboard",
      "src/contract",
      "src/domain",
      "package.json",
      "package-lock.json",
      "tsconfig.json",
    ])
      cpSync(join(project, path), join(copy, path), { recursive: true });
    cpSync(join(project, "workers/assets/_headers"), join(copy, "workers/assets/_headers"));
    symlinkSync(join(project, "node_modules"), join(copy, "node_modules"));
    expect(build()).toEqual({ status: 0, stderr: "" });
    const first = page();
    // An unchanged dashboard is left alone.
    appendFileSync(join(copy, "workers/assets/dashboard/index.html"), "<!-- kept -->");
    expect(build()).toEqual({ status: 0, stderr: "" });
    expect(page()).toContain("kept");
    appendFileSync(join(copy, "dashboard/src/main.tsx"), "\nconsole.log(1);");
    expect(build()).toEqual({ status: 0, stderr: "" });
    expect(page()).not.toBe(first);
    expect(page()).not.toContain("kept");
    appendFileSync(join(copy, "dashboard/src/main.tsx"), "\nimport './missing.ts';");
    expect(build()).toEqual({ status: 1, stderr: expect.stringContaining("The dashboard can't be built") });
    expect(readdirSync(join(copy, "workers"))).toEqual(["assets"]);
  } finally {
    rmSync(copy, { recursive: true });
  }
});
