import { expect, test } from "vitest";
import { DAY, evenDay, KEY, namesOf, plain, rowsOf, SITE } from "../../../test/support/query/archive.ts";
import { MemoryArchive } from "../../../test/support/query/memory-archive.ts";
import { DAY_MS, dayStartMs } from "../../domain/day.ts";
import { newMeter } from "../cost.ts";
import { Footers } from "./footers.ts";
import { readDay } from "./read-day.ts";
import { EndSizes } from "./read-footer.ts";

const NAMES = namesOf(400);
const FILE = evenDay(DAY, NAMES, 400, 5_000);
const START = dayStartMs(DAY);
const POINTS = [7, 100, 200, 390].map((at) => NAMES[at] as string);

test.each([
  [20, 4],
  [2, 2],
  [1, 1],
])("a day that may request %i ranges requests %i, and finds the same samples", async (rangesMax, reads) => {
  const archive = new MemoryArchive();
  archive.place(KEY, FILE.bytes);
  const admitted: number[] = [];
  const read = await readDay(
    {
      site: SITE,
      day: DAY,
      key: KEY,
      names: POINTS.map((name) => new TextEncoder().encode(name)),
      fromMs: START,
      toMs: START + DAY_MS,
    },
    {
      archive,
      footers: new Footers(() => 0),
      endSizes: new EndSizes(),
      meter: newMeter(),
      rangesMax,
      reserve: async (bytes) => {
        admitted.push(bytes);
      },
    },
  );
  expect(plain(read.series)).toEqual(rowsOf(FILE, POINTS, START, START + DAY_MS));
  expect(archive.requests.filter(({ kind }) => kind === "read")).toHaveLength(reads);
  // The day reserves memory for everything: the bytes that are fetched after the footer, and the samples.
  const [, ...data] = archive.requests.map(({ bytes }) => bytes);
  const bytesNeeded = data.reduce((sum, bytes) => sum + bytes, 16 * POINTS.length * 400);
  expect(admitted).toHaveLength(1);
  expect(admitted[0]).toBeGreaterThanOrEqual(bytesNeeded);
});
