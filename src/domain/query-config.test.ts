import { expect, test } from "vitest";
import { parseQueryConfig } from "./query-config.ts";

test("nothing set is twenty hot days and no origin", () => {
  expect(parseQueryConfig({})).toEqual({ ok: true, config: { hotDays: 20, allowedOrigins: [] } });
});

test("what is set is taken", () => {
  const parsed = parseQueryConfig({
    HOT_DAYS: " 1\n",
    ALLOWED_ORIGINS: "https://a.test, http://localhost:5173",
  });
  const allowedOrigins = ["https://a.test", "http://localhost:5173"];
  expect(parsed).toEqual({ ok: true, config: { hotDays: 1, allowedOrigins } });
});

test("every fault is named at once, with what is allowed", () => {
  const parsed = parseQueryConfig({ HOT_DAYS: "367", ALLOWED_ORIGINS: "*" });
  expect(parsed).toEqual({
    ok: false,
    faults: [
      'HOT_DAYS is "367"; it must be a whole number from 1 to 366',
      expect.stringMatching(/^ALLOWED_ORIGINS holds "\*"; it must hold exact origins/),
    ],
  });
});

test("the key is not shown where it got into a variable", () => {
  const parsed = parseQueryConfig({ QUERY_API_KEY: " s3cret\n", HOT_DAYS: "20 s3cret" });
  expect(JSON.stringify(parsed)).toContain("HOT_DAYS");
  expect(JSON.stringify(parsed)).not.toContain("s3cret");
});
