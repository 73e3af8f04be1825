import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../dashboard");

/** What a browser waits for before it shows anything, compressed as the edge does it at worst. */
const FIRST_LOAD_BYTES_MAX = 150_000;

interface Built {
  readonly fileName: string;
  readonly text: string;
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
