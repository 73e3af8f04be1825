import { beforeEach, describe, expect, test } from "vitest";
import {
  DAY,
  evenDay,
  KEY,
  namesOf,
  plain,
  query,
  rowsOf,
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

async function answer(range: SampleQuery) {
  archive.requests.length = 0;
  const meter = newMeter();
  const days: DaySamples[] = [];
  for await (const day of source.days(range, meter)) days.push(day);
  return { days, meter, kinds: archive.requests.map(({ kind }) => kind) };
}

const expected = (file: typeof FIRST, points = POINTS) =>
  rowsOf(file, points, dayStartMs(DAY), dayStartMs(DAY) + DAY_MS);

describe("a day that is replaced", () => {
  test.each([
    [1, "between footer and data"],
    [2, "between two reads of data"],
  ])("before read %i, %s, is entirely of the new version", async (at) => {
    archive.before = (read) => {
      if (read === at) archive.place(KEY, SECOND.bytes);
    };
    const { days, kinds, meter } = await answer(wholeDay(POINTS));
    expect(plain(days[0]?.series ?? [])).toEqual(expected(SECOND));
    expect(kinds).toEqual(["end", "read", "read", "end", "read", "read"]);
    expect(meter.cacheHits).toBe(0);
  });

  test("and whose footer was known, is read again", async () => {
    await answer(wholeDay(POINTS));
    archive.place(KEY, SECOND.bytes);
    const { days, kinds } = await answer(wholeDay(POINTS));
    expect(plain(days[0]?.series ?? [])).toEqual(expected(SECOND));
    expect(kinds).toEqual(["read", "read", "end", "read", "read"]);
    expect((await answer(wholeDay(POINTS))).kinds).toEqual(["read", "read"]);
  });

  test("by the same bytes counts as unchanged", async () => {
    archive.before = (read) => {
      if (read === 1) archive.place(KEY, version(1).bytes);
    };
    expect((await answer(wholeDay(POINTS))).kinds).toEqual(["end", "read", "read"]);
  });

  test("and then deleted is missing", async () => {
    await answer(wholeDay(POINTS));
    archive.remove(KEY);
    const { days, kinds } = await answer(wholeDay(POINTS));
    expect(days).toMatchObject([{ state: "missing", tiers: [] }]);
    expect(kinds).toEqual(["read", "read", "end"]);
  });

  test("repeatedly fails with its key, after a bound, and when it is its turn", async () => {
    archive.place(objectKey(SITE, addDays(DAY, -1)), FIRST.bytes);
    let seed = 10;
    archive.before = (_, key) => {
      if (key === KEY) archive.place(KEY, evenDay(DAY, NAMES, 40, 2_000, seed++).bytes);
    };
    const start = dayStartMs(DAY);
    const days: DaySamples[] = [];
    const reading = (async () => {
      const range = query(POINTS, start - DAY_MS, start + DAY_MS);
      for await (const day of source.days(range, newMeter())) days.push(day);
    })();
    await expect(reading).rejects.toMatchObject({ kind: "object-unsettled", key: KEY });
    expect(days).toHaveLength(1);
    expect(archive.requests.filter(({ kind, key }) => kind === "end" && key === KEY)).toHaveLength(
      VERSIONS_MAX,
    );
  });
});

describe("a day that has none of the points", () => {
  test("takes no request for a while", async () => {
    expect((await answer(wholeDay(["site_b"]))).kinds).toEqual(["end"]);
    nowMs += FOOTER_TRUST_MS - 1;
    const { days, kinds, meter } = await answer(wholeDay(["site_b"]));
    expect(kinds).toEqual([]);
    expect(days[0]?.state).toBe("present");
    expect(meter).toMatchObject({ r2Requests: 0, rowGroupsRead: 0, rowGroupsPruned: 32, cacheHits: 1 });
  });

  test("is checked with a request after that, which reads no footer of an unchanged object", async () => {
    await answer(wholeDay(["site_b"]));
    for (const kinds of [["end"], []]) {
      if (kinds.length > 0) nowMs += FOOTER_TRUST_MS;
      const found = await answer(wholeDay(["site_b"]));
      expect(found.kinds).toEqual(kinds);
      expect(found.meter).toMatchObject({ bytesRead: 0, cacheHits: 1 });
    }
  });

  test("and is replaced by a file that has them, is read from the new file at the latest then", async () => {
    await answer(wholeDay(["site_b"]));
    archive.place(KEY, WITH_NEWCOMER.bytes);
    nowMs += FOOTER_TRUST_MS;
    const { days } = await answer(wholeDay(["site_b"]));
    expect(plain(days[0]?.series ?? [])).toEqual(expected(WITH_NEWCOMER, ["site_b"]));
  });

  test("and is deleted, is missing at the latest then", async () => {
    await answer(wholeDay(["site_b"]));
    archive.remove(KEY);
    nowMs += FOOTER_TRUST_MS;
    expect((await answer(wholeDay(["site_b"]))).days[0]?.state).toBe("missing");
  });
});

test("a missing day takes a request every time, so that it is found as soon as it is archived", async () => {
  archive.remove(KEY);
  expect((await answer(wholeDay(POINTS))).days[0]?.state).toBe("missing");
  archive.place(KEY, SECOND.bytes);
  expect((await answer(wholeDay(POINTS))).days[0]?.state).toBe("present");
});
