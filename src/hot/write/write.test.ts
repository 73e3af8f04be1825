import { expect, test } from "vitest";
import { SqliteHotStore } from "../../../test/support/hot/sqlite-hot-store.ts";
import { dayStartMs, type UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { timeSpansOf } from "../../domain/windows.ts";
import { HotWriter } from "./write.ts";

const site = "site_a" as SiteName;
const DAY = "2024-01-15" as UtcDay;
const START = dayStartMs(DAY);
const WINDOWS = timeSpansOf(DAY, 96);

const NONE = { fromMs: Number.NaN, toMs: Number.NaN };

const columns = (rows: readonly (readonly [number: number, ms: number, value: number])[]) => ({
  length: rows.length,
  number: Uint32Array.from(rows, ([number]) => number),
  ms: Float64Array.from(rows, ([, ms]) => ms),
  value: Float64Array.from(rows, ([, , value]) => value),
});

test("a day is filled by the hour, becomes whole, is counted, released, and deleted in steps", async () => {
  const store = new SqliteHotStore();
  const writer = new HotWriter(store);
  const a = await writer.claim(site, START);
  const points = await writer.numberPoints(a, ["b", "a", "x\u0000y", "c"]);
  expect(points).toEqual({ numbers: Uint32Array.of(1, 0, 3, 2), count: 4 });
  await writer.addDays(a, [DAY]);
  const windows = (from: number, to: number) =>
    WINDOWS.slice(from, to).map((w) => ({
      ...w,
      readToMs: w.toMs,
      readAtMs: w.toMs,
      version: 1,
      evidence: "{}",
    }));
  const n = await writer.replaceWindows(a, {
    windows: windows(0, 1),
    samples: columns([
      [0, START, 1],
      [0, START + 5, -0],
      [2, START, 3],
    ]),
    points,
    watermarkMs: START,
  });
  expect(n).toBe(4);
  for (let h = 0; h < 24; h++)
    await writer.replaceHour(a, {
      windows: windows(4 * h, 4 * h + 4),
      samples: columns([
        [0, (WINDOWS[4 * h] ?? NONE).fromMs + 7, h],
        [2, (WINDOWS[4 * h + 3] ?? NONE).toMs - 1, h],
      ]),
      points: { numbers: Uint32Array.of(0, 2), count: 4 },
      watermarkMs: START,
    });
  expect((await writer.state(a, 0)).days).toEqual([
    { day: DAY, version: 1, whole: true, released: false, samples: 48 },
  ]);
  expect(await writer.countPoints(a, DAY)).toEqual(
    new Map([
      ["a", 24],
      ["c", 24],
    ]),
  );
  expect((await writer.samplesOf(a, DAY, ["c"])).get("c")?.value).toHaveLength(24);
  await writer.release(a, DAY);
  expect(await writer.deleteDayStep(a, DAY, 10)).toMatchObject({ left: 14 });
  expect(await writer.deleteDayStep(a, DAY, 14)).toMatchObject({ left: 0 });
  expect(await writer.state(a, 0)).toEqual({ days: [], windows: [] });
  await writer.claim(site, 0);
  await expect(writer.addDays(a, [DAY])).rejects.toMatchObject({ kind: "stale-epoch" });
});
