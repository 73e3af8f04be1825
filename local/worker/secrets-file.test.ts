import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeSecrets } from "./secrets-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("only this user may read the file, and it is gone afterwards", () => {
  const path = join(folder, "wrangler/secrets.env");
  const remove = writeSecrets(path, { ACE_API_KEY: "eyJ.a-b_c", OTHER: "it's" });
  expect(readFileSync(path, "utf8")).toBe("ACE_API_KEY='eyJ.a-b_c'\nOTHER=`it's`\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  remove();
  expect(existsSync(path)).toBe(false);
});

it("a dollar is no reference to a variable, and a key that no file can hold is not printed", () => {
  const path = join(folder, "secrets.env");
  writeSecrets(path, { KEY: "a$HOME" });
  expect(readFileSync(path, "utf8")).toBe("KEY='a\\$HOME'\n");
  for (const bad of ["a b", "a\nb", "'\"`", "é"]) {
    const write = () => writeSecrets(path, { KEY: bad });
    expect(write).toThrow("KEY has characters");
    expect(write).not.toThrow(bad);
  }
});
