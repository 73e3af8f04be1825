import { expect, it } from "vitest";
import { SITE, STATUS } from "../../test/support/cli-status.ts";
import { plain } from "../terminal.ts";
import { exitCodeOf, fail, findingLines, ok, warn } from "./finding.ts";
import { statusFindings } from "./look-at-backfill.ts";
import { clockFinding } from "./look-at-worker.ts";

it("says below what is not well what to do about it", () => {
  expect(findingLines(ok("the key is good"), plain)).toEqual(["OK    the key is good"]);
  expect(findingLines(fail("refused\n  SITE_NAME is not set", "Set it.\nDeploy."), plain)).toEqual([
    "FAIL  refused",
    "      SITE_NAME is not set",
    "      > Set it.",
    "      > Deploy.",
  ]);
});

it("ends as the first failure says, and well where there are warnings alone", () => {
  expect(exitCodeOf([ok("a"), warn("b", "c")])).toBe(0);
  expect(exitCodeOf([warn("b", "c"), fail("d", "e", 3), fail("f", "g", 4)])).toBe(3);
});

it("compares clocks by whole seconds and the time on the way", () => {
  const noon = Date.parse("2024-01-01T12:00:00Z");
  const finding = (date: string | null, askedAt: number, answeredAt: number) =>
    clockFinding({ name: "Query Worker", url: "https://query.example.com" }, date, askedAt, answeredAt);
  const date = "Mon, 01 Jan 2024 12:00:00 GMT";
  expect(finding(date, noon - 9_000, noon + 9_000).level).toBe("OK");
  expect(finding(date, noon + 900, noon + 900).level).toBe("OK");
  expect(finding(date, noon + 60_000, noon + 60_100).what).toContain("60 s ahead of its own");
  expect(finding(date, noon - 60_100, noon - 60_000).what).toContain("60 s behind its own");
  expect(finding(null, noon, noon).level).toBe("WARN");
});

it("finds what keeps a backfill from its end", () => {
  const halted = { ...SITE, halt_reason: "the key is not good" };
  const levels = (status: typeof STATUS) =>
    statusFindings(status).map(({ level, what }) => `${level} ${what}`);
  expect(levels({ ...STATUS, sites: [halted], sites_unreachable: ["site_b"] })).toEqual([
    "WARN Backfill in progress: 27.32% 100 of 366 site-days, 1 failed, 366,640,952 samples",
    "FAIL site_a has halted: the key is not good",
    "FAIL site_b: its Durable Object has not answered lately",
    "WARN 1 days have failed",
  ]);
  expect(statusFindings(undefined)).toEqual([ok("No backfill has been started yet")]);
});
