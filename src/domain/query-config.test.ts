import { expect, test } from "vitest";
import { parseQueryConfig } from "./query-config.ts";

test("the defaults are twenty hot days and no origin", () => {
  expect(parseQueryConfig({})).toEqual({ ok: true, config: { hotDays: 20, allowedOrigins: [] } });
});

test("variables that are set are parsed", () => {
  const parsed = parseQueryConfig({
    HOT_DAYS: " 1\n",
    ALLOWED_ORIGINS: "https://a.test, http://localhost:5173",
  });
  const allowedOrigins = ["https://a.test", "http://localhost:5173"];
  expect(parsed).toEqual({ ok: true, config: { hotDays: 1, allowedOrigins } });
});

test("every fault is named at once, with the allowed values", () => {
  const parsed = parseQueryConfig({ HOT_DAYS: "367", ALLOWED_ORIGINS: "*" });
  expect(parsed).toEqual({
    ok: false,
    faults: [
      'HOT_DAYS is "367"; it must be a whole number from 1 to 366',
      expect.stringMatching(/^ALLOWED_ORIGINS holds "\*"; it must hold exact origins/),
    ],
  });
});

test("a key that was put into a variable is not shown", () => {
  const parsed = parseQueryConfig({ QUERY_API_KEY: " s3cret\n", HOT_DAYS: "20 s3cret" });
  expect(JSON.stringify(parsed)).toContain("HOT_DAYS");
  expect(JSON.stringify(parsed)).not.toContain("s3cret");
});
