import { beforeEach, describe, expect, test } from "vitest";
import {
  DAY,
  evenDay,
  KEY,
  namesOf,
  plain,
  query,
  rowsAsked,
  SITE,
  wholeDay,
} from "../../../test/support/query/archive.ts";
import { MemoryArchive } from "../../../test/support/query/memory-archive.ts";
import { addDays, DAY_MS, dayStartMs, type UtcDay } from "../../domain/day.ts";
import { objectKey } from "../../domain/layout.ts";
import { newMeter } from "../cost.ts";
import type { DaySamples, SampleQuery } from "../source.ts";
import { ColdSource } from "./cold.ts";
import { FOOTER_TRUST_MS, VERSIONS_MAX } from "./cold-limits.ts";
import { Footers } from "./footers.ts";

const NAMES = namesOf(400);
/** Row groups far from each other: two reads of data. */
const POINTS = [NAMES[3], NAMES[300]] as string[];
const version = (seed: number, day: UtcDay = DAY) => evenDay(day, NAMES, 400, 5_000, seed);
const [FIRST, SECOND] = [version(1), version(2)];
const WITH_NEWCOMER = evenDay(DAY, [...NAMES, "site_b"], 400, 5_000, 3);

let nowMs: number;
let archive: MemoryArchive;
let source: ColdSource;

beforeEach(() => {
  nowMs = 0;
  archive = new MemoryArchive();
  source = new ColdSource(archive, new Footers(() => nowMs));
  archive.place(KEY, FIRST.bytes);
});

async function answer(asked: SampleQuery) {
  archive.requests.length = 0;
  const meter = newMeter();
  const days: DaySamples[] = [];
  for await (const day of source.days(asked, meter)) days.push(day);
  return { days, meter, kinds: archive.requests.map(({ kind }) => kind) };
}

const expected = (file: typeof FIRST, points = POINTS) =>
  rowsAsked(file, points, dayStartMs(DAY), dayStartMs(DAY) + DAY_MS);

describe("a day that is replaced", () => {
  test.each([
    [1, "between footer and data"],
    [2, "between two reads of data"],
  ])("before read %i, %s, comes whole of the new version", async (at) => {
    archive.before = (read) => {
      if (read === at) archive.place(KEY, SECOND.bytes);
    };
    const { days, kinds, meter } = await answer(wholeDay(POINTS));
    expect(plain(days[0]?.series ?? [])).toEqual(expected(SECOND));
    expect(kinds).toEqual(["end", "read", "read", "end", "read", "read"]);
    expect(meter.cacheHits).toBe(0);
  });

  test("and whose footer was known, is read anew", async () => {
    await answer(wholeDay(POINTS));
    archive.place(KEY, SECOND.bytes);
    const { days, kinds } = await answer(wholeDay(POINTS));
    expect(plain(days[0]?.series ?? [])).toEqual(expected(SECOND));
    expect(kinds).toEqual(["read", "read", "end", "read", "read"]);
    expect((await answer(wholeDay(POINTS))).kinds).toEqual(["read", "read"]);
  });

  test("by the same bytes is the same", async () => {
    archive.before = (read) => {
      if (read === 1) archive.place(KEY, version(1).bytes);
    };
    expect((await answer(wholeDay(POINTS))).kinds).toEqual(["end", "read", "read"]);
  });

  test("and then vanishes is missing", async () => {
    await answer(wholeDay(POINTS));
    archive.remove(KEY);
    const { days, kinds } = await answer(wholeDay(POINTS));
    expect(days).toMatchObject([{ state: "missing", tiers: [] }]);
    expect(kinds).toEqual(["read", "read", "end"]);
  });

  test("again and again fails with its key, after a bound, and when it is its turn", async () => {
    archive.place(objectKey(SITE, addDays(DAY, -1)), FIRST.bytes);
    let seed = 10;
    archive.before = (_, key) => {
      if (key === KEY) archive.place(KEY, evenDay(DAY, NAMES, 40, 2_000, seed++).bytes);
    };
    const start = dayStartMs(DAY);
    const days: DaySamples[] = [];
    const reading = (async () => {
      const asked = query(POINTS, start - DAY_MS, start + DAY_MS);
      for await (const day of source.days(asked, newMeter())) days.push(day);
    })();
    await expect(reading).rejects.toMatchObject({ kind: "object-unsettled", key: KEY });
    expect(days).toHaveLength(1);
    expect(archive.requests.filter(({ kind, key }) => kind === "end" && key === KEY)).toHaveLength(
      VERSIONS_MAX,
    );
  });
});

describe("a day that has none of the points", () => {
  test("is not asked again for a while", async () => {
    expect((await answer(wholeDay(["site_b"]))).kinds).toEqual(["end"]);
    nowMs += FOOTER_TRUST_MS - 1;
    const { days, kinds, meter } = await answer(wholeDay(["site_b"]));
    expect(kinds).toEqual([]);
    expect(days[0]?.state).toBe("present");
    expect(meter).toMatchObject({ r2Requests: 0, rowGroupsRead: 0, rowGroupsPruned: 32, cacheHits: 1 });
  });

  test("is asked for whether it still is the same after that, without its footer being read", async () => {
    await answer(wholeDay(["site_b"]));
    for (const kinds of [["end"], []]) {
      if (kinds.length > 0) nowMs += FOOTER_TRUST_MS;
      const asked = await answer(wholeDay(["site_b"]));
      expect(asked.kinds).toEqual(kinds);
      expect(asked.meter).toMatchObject({ bytesRead: 0, cacheHits: 1 });
    }
  });

  test("and is replaced by one that has them, is seen to at the latest then", async () => {
    await answer(wholeDay(["site_b"]));
    archive.place(KEY, WITH_NEWCOMER.bytes);
    nowMs += FOOTER_TRUST_MS;
    const { days } = await answer(wholeDay(["site_b"]));
    expect(plain(days[0]?.series ?? [])).toEqual(expected(WITH_NEWCOMER, ["site_b"]));
  });

  test("and goes, is missing at the latest then", async () => {
    await answer(wholeDay(["site_b"]));
    archive.remove(KEY);
    nowMs += FOOTER_TRUST_MS;
    expect((await answer(wholeDay(["site_b"]))).days[0]?.state).toBe("missing");
  });
});

test("a missing day is asked for every time, so that it is seen as soon as it is there", async () => {
  archive.remove(KEY);
  expect((await answer(wholeDay(POINTS))).days[0]?.state).toBe("missing");
  archive.place(KEY, SECOND.bytes);
  expect((await answer(wholeDay(POINTS))).days[0]?.state).toBe("present");
});
