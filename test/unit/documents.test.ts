import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

const files = filesIn(ROOT);
const documents = files.filter((file) => file.endsWith(".md"));
const basenames = new Set(files.map((file) => basename(file)));

test("every relative link of a document leads to a file, and to a heading of it", () => {
  const broken = documents.flatMap((document) =>
    [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1] ?? "")
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !leadsSomewhere(document, link))
      .map((link) => `${document}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test("every file and folder of the project that a document names exists", () => {
  const missing = documents.flatMap((document) =>
    codeSpansOf(document)
      .filter((span) => !exists(span))
      .map((span) => `${document}: ${span}`),
  );
  expect(missing).toEqual([]);
});

test("the README has what a newcomer needs, and no more than that", () => {
  expect(read("README.md").split("\n").length).toBeLessThan(150);
});

test("every script that a document runs is in package.json", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const unknown = documents.flatMap((document) =>
    [...read(document).matchAll(/npm run (?:-s )?([\w:-]+)/g)]
      .map((match) => match[1] ?? "")
      .filter((script) => !(script in scripts))
      .map((script) => `${document}: npm run ${script}`),
  );
  expect(unknown).toEqual([]);
});

test("every command that a document runs with npx is in the checkout, so that none is fetched by its name", () => {
  const { bin, private: isPrivate } = JSON.parse(read("package.json"));
  expect([isPrivate, Object.keys(bin)]).toEqual([true, expect.arrayContaining(["bv-backfill"])]);
  const installed = new Set([...Object.keys(bin), ...readdirSync(join(ROOT, "node_modules/.bin"))]);
  const fetched = documents
    .filter((document) => document !== "CHANGELOG.md")
    .flatMap((document) =>
      [...read(document).matchAll(/\bnpx ([\w@/-]+)/g)]
        .filter(([, command = ""]) => !installed.has(command))
        .map(([command]) => `${document}: ${command}`),
    );
  expect(fetched).toEqual([]);
});

test("no document runs a file by the Node of the shell, which may be too old", () => {
  const direct = /(?:^|`|[&|;] *)(node [^`\n]*\.(?:ts|js)\b)/gm;
  const found = documents.flatMap((document) =>
    [...read(document).matchAll(direct)].map(([, command]) => `${document}: ${command}`),
  );
  expect(found).toEqual([]);
});

/** Paths of all files below `folder`, relative to the project, without what is generated or hidden. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name.startsWith(".")) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [relative(ROOT, path)];
  });
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

const proseOf = (document: string) => read(document).replaceAll(/^```[\s\S]*?^```/gm, "");

/** What a document has in backticks and may be a path: a placeholder in capitals or braces is none. */
function codeSpansOf(document: string): string[] {
  return [...proseOf(document).matchAll(/`([\w./*-]+)`/g)]
    .map((match) => match[1] ?? "")
    .filter((span) => (FILE.test(span) || FOLDER.test(span)) && !span.startsWith("/"))
    .filter((span) => !/[A-Z]{4}/.test(span) || documents.includes(span))
    .filter((span) => span !== BUILT);
}

/** Made by `npm install`. */
const BUILT = "workers/assets/dashboard";
const FILE = /\.(ts|tsx|toml|sql|md|js|json)$/;
const FOLDER = /^(src|test|cli|client|terminal|local|simulator|bench|dashboard|docs|workers)\//;

/** A path is one of the project; a bare name is that of any of its files. */
function exists(span: string): boolean {
  if (span.includes("*")) {
    const pattern = span.includes("/")
      ? span
      : `{src,test,cli,client,terminal,local,simulator,bench,dashboard}/**/${span}`;
    return globSync(pattern, { cwd: ROOT }).length > 0;
  }
  return span.includes("/") ? existsSync(join(ROOT, span)) : basenames.has(span);
}

function leadsSomewhere(document: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? document : relative(ROOT, resolve(ROOT, dirname(document), path));
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(document: string): string[] {
  return [...proseOf(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}
