import { expect, test } from "vitest";
import type { UtcDay } from "../../../src/domain/day.ts";
import type { SiteRange } from "../api/backfill-api.ts";
import { DayLoader, joined } from "./day-loader.ts";

const range = (site: string, from?: string, to?: string): SiteRange => ({
  site,
  from: from as UtcDay | undefined,
  to: to as UtcDay | undefined,
});
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

test("what is asked for while a question is under way is joined, a question a site", async () => {
  const asked: SiteRange[] = [];
  const loader = new DayLoader<number>(
    {
      days: async (of) => {
        asked.push(of);
        await turn();
        return { ok: true, body: 1 };
      },
      sleep: turn,
    },
    () => "taken",
  );
  loader.ask([range("a", "2024-01-01", "2024-01-02")]);
  loader.ask([range("a", "2024-01-04", "2024-01-05"), range("b")]);
  loader.ask([range("a", "2024-01-03", "2024-01-09")]);
  for (let turns = 0; turns < 9; turns++) await turn();
  expect(asked).toEqual([
    range("a", "2024-01-01", "2024-01-02"),
    range("a", "2024-01-03", "2024-01-09"),
    range("b"),
  ]);
});

test("a question without an answer is asked again until it has one", async () => {
  let asked = 0;
  const loader = new DayLoader<number>(
    {
      days: async () =>
        ++asked < 3 ? { ok: false, fault: { status: 0, message: "down" } } : { ok: true, body: 1 },
      sleep: turn,
    },
    (_, answer) => (answer.ok ? "taken" : "again"),
  );
  loader.ask([range("a")]);
  for (let turns = 0; turns < 9; turns++) await turn();
  expect(asked).toBe(3);
});

test("a joined range holds both, and what is without bound stays so", () => {
  expect(joined(range("a", "2024-02-01", "2024-02-02"), range("a", "2024-01-01", "2024-01-02"))).toEqual(
    range("a", "2024-01-01", "2024-02-02"),
  );
  expect(joined(range("a"), range("a", "2024-01-01", "2024-01-02"))).toEqual(range("a"));
});
