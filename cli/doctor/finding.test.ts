import { expect, it } from "vitest";
import { SITE, STATUS } from "../../test/support/cli-status.ts";
import { plain } from "../output.ts";
import { statusFindings } from "./check-backfill.ts";
import { clockFinding } from "./check-worker.ts";
import { exitCodeOf, fail, findingLines, ok, warn } from "./finding.ts";

const WORKER = { name: "Backfill Worker", url: "https://backfill.example.com", token: undefined } as const;

it("prints the advice below a failure", () => {
  expect(findingLines(ok("the key is valid"), plain)).toEqual(["OK    the key is valid"]);
  expect(findingLines(fail("rejected\n  SITE_NAME is not set", "Set it.\nDeploy."), plain)).toEqual([
    "FAIL  rejected",
    "      SITE_NAME is not set",
    "      > Set it.",
    "      > Deploy.",
  ]);
});

it("the exit code is that of the first failure, and 0 when there are only warnings", () => {
  expect(exitCodeOf([ok("a"), warn("b", "c")])).toBe(0);
  expect(exitCodeOf([warn("b", "c"), fail("d", "e", 3), fail("f", "g", 4)])).toBe(3);
});

it("compares clocks in whole seconds, minus the time of the request", () => {
  const noon = Date.parse("2024-01-01T12:00:00Z");
  const finding = (date: string | null, requestedAt: number, respondedAt: number) =>
    clockFinding({ name: "Query Worker", url: "https://query.example.com" }, date, requestedAt, respondedAt);
  const date = "Mon, 01 Jan 2024 12:00:00 GMT";
  expect(finding(date, noon - 9_000, noon + 9_000).level).toBe("OK");
  expect(finding(date, noon + 900, noon + 900).level).toBe("OK");
  expect(finding(date, noon + 60_000, noon + 60_100).message).toContain("60 s ahead of the Worker's");
  expect(finding(date, noon - 60_100, noon - 60_000).message).toContain("60 s behind the Worker's");
  expect(finding(null, noon, noon).level).toBe("WARN");
});

it("finds what keeps a backfill from completing", () => {
  const halted = { ...SITE, halt_reason: "the key is not good" };
  const levels = (status: typeof STATUS) =>
    statusFindings(status, WORKER).map(({ level, message }) => `${level} ${message}`);
  expect(levels({ ...STATUS, sites: [halted], sites_unreachable: ["site_b"] })).toEqual([
    "WARN Backfill in progress: 27.32% 100 of 366 site-days, 1 failed, 366,640,952 samples",
    "FAIL site_a has halted: the key is not good",
    "FAIL site_b: its Durable Object is not responding",
    "WARN 1 site-day failed",
  ]);
  expect(statusFindings(undefined, WORKER)).toEqual([ok("No backfill has been started yet")]);
});
