import { expect, test } from "vitest";
import { encodeDay } from "../../../test/support/parquet/encode-day.ts";
import { fileBuffer } from "../../../test/support/parquet/file-buffer.ts";
import { columnsOf } from "../../../test/support/parquet/reference.ts";
import { namedSeries } from "./named-series.ts";
import { rowGroups } from "./row-groups.ts";

const DAY_START_MS = Date.UTC(2024, 0, 15);
const NAMES = ["\ufeffa", "b", "c \u{1f321}"];
const file = encodeDay(
  { site: "s", dayStartMs: DAY_START_MS, names: NAMES },
  [
    columnsOf(
      Array.from({ length: 30 }, (_, index) => ({
        point: index % 3,
        micros: (DAY_START_MS + index) * 1_000,
        value: index === 7 ? -0 : index,
      })),
    ),
  ],
  { rowGroupSize: 8 },
);
const buffer = fileBuffer(file);

/** `point ms value` of the wanted points, from the row group of index `from` on. */
async function rowsOf(isWanted: (name: string) => boolean, from?: number): Promise<string[]> {
  const found: string[] = [];
  for await (const group of rowGroups(buffer, from)) {
    for (const { name, ms, value } of namedSeries(group, isWanted)) {
      ms.forEach((at, row) => {
        const number = Object.is(value[row], -0) ? "-0" : String(value[row]);
        found.push(`${NAMES.indexOf(name)} ${at - DAY_START_MS} ${number}`);
      });
    }
  }
  return found;
}

const ALL = NAMES.flatMap((_, point) =>
  Array.from({ length: 10 }, (__, row) => row * 3 + point).map(
    (index) => `${point} ${index} ${index === 7 ? "-0" : index}`,
  ),
);

test("the rows of wanted points are found, over row groups and with every bit", async () => {
  expect(await rowsOf(() => true)).toEqual(ALL);
  expect(await rowsOf((name) => name === "b")).toEqual(ALL.filter((row) => row.startsWith("1 ")));
  expect(await rowsOf(() => false)).toEqual([]);
});

test("a reader that has read some row groups goes on with the next", async () => {
  expect(await rowsOf(() => true, 2)).toEqual(ALL.slice(16));
  expect(await rowsOf(() => true, 4)).toEqual([]);
});
