import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { versionText } from "./version.ts";

it("has the commit in a checkout, and none in a folder that is no checkout or another's", () => {
  const plain = expect.stringMatching(/^bv-backfill \d+\.\d+\.\d+$/);
  expect(versionText(tmpdir())).toEqual(plain);
  expect(versionText(join(import.meta.dirname))).toEqual(plain);
});
