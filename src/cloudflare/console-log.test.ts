import { afterEach, expect, test, vi } from "vitest";
import { logAs } from "./console-log.ts";

afterEach(() => vi.restoreAllMocks());

test("a line is found by its level and its prefix, whatever its fields are called", () => {
  const lines: string[] = [];
  for (const name of ["log", "warn", "error"] as const)
    vi.spyOn(console, name).mockImplementation((line: string) => void lines.push(`${name} ${line}`));
  const log = logAs("[BACKFILL]");
  log("ERROR", "[BACKFILL] Alert: 2 days failed", { message: "2 days failed", level: "x", site: "a" });
  log("WARN", "Rate limited");
  log("INFO", "Starting");
  expect(lines).toEqual([
    'error {"level":"ERROR","message":"[BACKFILL] Alert: 2 days failed","site":"a"}',
    'warn {"level":"WARN","message":"[BACKFILL] Rate limited"}',
    'log {"level":"INFO","message":"[BACKFILL] Starting"}',
  ]);
});
