import { expect, it } from "vitest";
import { startAdvice } from "./start-stack.ts";

it.each([
  ["Address already in use (127.0.0.1:8787). Please check", /uses another port/],
  [
    "EACCES: permission denied, mkdtemp '/checkout/workers/.wrangler/tmp/dev-XXXXXX'",
    /writable for this user/,
  ],
  ["EROFS: read-only file system", /writable for this user/],
  ["ENOSPC: no space left on device", /disk space/],
  ["Cannot find module 'wrangler/package.json'", /npm install/],
])("advises by what wrangler printed: %s", (reason, advice) => {
  expect(startAdvice(`wrangler dev ended with 1:\n${reason}`)).toMatch(advice);
});
