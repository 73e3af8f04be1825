import { expect, test } from "vitest";
import type { UtcDay } from "../../../src/domain/day.ts";
import type { SiteRange } from "../ranges.ts";
import { DayLoader, joined } from "./day-loader.ts";

const range = (site: string, from?: string, to?: string): SiteRange => ({
  site,
  from: from as UtcDay | undefined,
  to: to as UtcDay | undefined,
});
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

test("ranges that are requested during a request are joined, one request per site", async () => {
  const requests: SiteRange[] = [];
  const loader = new DayLoader<number>(
    {
      days: async (of) => {
        requests.push(of);
        await turn();
        return { ok: true, body: 1 };
      },
      sleep: turn,
    },
    () => "done",
  );
  loader.load([range("a", "2024-01-01", "2024-01-02")]);
  loader.load([range("a", "2024-01-04", "2024-01-05"), range("b")]);
  loader.load([range("a", "2024-01-03", "2024-01-09")]);
  for (let turns = 0; turns < 9; turns++) await turn();
  expect(requests).toEqual([
    range("a", "2024-01-01", "2024-01-02"),
    range("a", "2024-01-03", "2024-01-09"),
    range("b"),
  ]);
});

test("a failed request is repeated until it succeeds", async () => {
  let requests = 0;
  const loader = new DayLoader<number>(
    {
      days: async () =>
        ++requests < 3 ? { ok: false, error: { status: 0, message: "down" } } : { ok: true, body: 1 },
      sleep: turn,
    },
    (_, result) => (result.ok ? "done" : "retry"),
  );
  loader.load([range("a")]);
  for (let turns = 0; turns < 9; turns++) await turn();
  expect(requests).toBe(3);
});

test("a joined range includes both, and an open end stays open", () => {
  expect(joined(range("a", "2024-02-01", "2024-02-02"), range("a", "2024-01-01", "2024-01-02"))).toEqual(
    range("a", "2024-01-01", "2024-02-02"),
  );
  expect(joined(range("a"), range("a", "2024-01-01", "2024-01-02"))).toEqual(range("a"));
});
