import { expect, test } from "vitest";
import { readWithDuckdb } from "../reference/duckdb.ts";
import { lines } from "../reference/truth.ts";
import { keyOf, World } from "./fixture.ts";
import { FILES, MISSING, measurements, pointOf } from "./measurements.ts";

if (MISSING.length > 0) console.warn(`REAL MEASUREMENTS NOT TESTED: ${MISSING.join(", ")} is not there`);

test("months of real measurements are in R2 exactly as in their files", async (context) => {
  context.skip(MISSING.length > 0, `${MISSING.join(", ")} is not there`);
  const sites = [{ name: "nab", csv: FILES.map((path) => ({ path, name: pointOf(path) })) }];
  // So few rows a day need a single request; at a higher rate the Worker would request them in five windows.
  const world = await World.open({ sites }, { MAX_DAYS_PER_REQUEST: "100", REQUESTS_PER_MINUTE: "300" });
  context.onTestFinished(() => world.close());
  // The longer range has both series, with all duplicates and the step back of the machine's; the shorter has a gap.
  const [first, gap] = [measurements("2013-12-02", "2014-02-19"), measurements("2013-09-08", "2013-09-17")];
  expect([first.size, [...gap.values()].filter((rows) => rows.length === 0).length]).toEqual([80, 6]);
  let duplicates = 0;
  for (const expected of [first, gap]) {
    const [from = "", to = ""] = [[...expected.keys()].at(0), [...expected.keys()].at(-1)];
    await world.client.start(from, to);
    expect(await world.client.settled(150_000)).toMatchObject({
      outcome: "success",
      days_completed: expected.size,
    });
    for (const { date, status, evidence } of await world.client.days(`?from=${from}&to=${to}`)) {
      const rows = expected.get(date) ?? [];
      expect(lines(await readWithDuckdb(await world.object(keyOf("nab", date))))).toEqual(lines(rows));
      expect([status, evidence?.written]).toEqual([rows.length === 0 ? "empty" : "completed", rows.length]);
      duplicates += evidence?.duplicates ?? 0;
    }
  }
  expect(duplicates).toBe(12);
});
