import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

interface Entry {
  readonly word: string;
  readonly meaning: string;
  readonly file: string;
}

const entries: readonly Entry[] = readFileSync(join(ROOT, "docs/glossary.md"), "utf8")
  .split("\n")
  .filter((line) => line.endsWith("` |"))
  .map((line) => {
    const [, word = "", meaning = "", file = ""] = line.split("|").map((cell) => cell.trim());
    return { word, meaning, file: file.replaceAll("`", "") };
  });

test("every word of the glossary is there once, with a meaning in a line", () => {
  const words = entries.map(({ word }) => word.toLowerCase());
  expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  expect(entries.length).toBeGreaterThan(80);
  expect(entries.filter(({ meaning }) => meaning === "" || meaning.length > 140)).toEqual([]);
});

test("the file that owns a word exists and uses it", () => {
  expect(entries.filter((entry) => !uses(entry)).map(({ word, file }) => `${file}: ${word}`)).toEqual([]);
});

/** In the path or the text, as words or as an identifier: "row group", "rowGroup", "row_group", "RowGroups". */
function uses({ word, file }: Entry): boolean {
  const path = join(ROOT, file);
  if (!existsSync(path)) return false;
  const written = new RegExp(word.split(" ").map(escaped).join("[\\s_*/-]*"), "i");
  return written.test(file) || (statSync(path).isFile() && written.test(readFileSync(path, "utf8")));
}

const escaped = (text: string) => text.replaceAll(/[^\w]/g, "\\$&");
