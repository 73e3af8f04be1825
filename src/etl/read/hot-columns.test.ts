import fc from "fast-check";
import { expect, test } from "vitest";
import { newColumns } from "../../domain/samples.ts";
import { sortRun } from "../../parquet/run/run.ts";
import { toHotColumns } from "./hot-columns.ts";

test("a point has one row a millisecond: of its latest microsecond, and there of the greater value", () => {
  const sample = fc.record({
    point: fc.nat(2),
    micros: fc.nat(4_000),
    value: fc.constantFrom(-1, -0, 0, 1, 2.5),
  });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 60 }), (samples) => {
      const columns = newColumns(samples.length);
      for (const [row, { point, micros, value }] of samples.entries()) {
        columns.point[row] = point;
        columns.micros[row] = micros;
        columns.value[row] = value;
      }
      const { columns: rows, duplicates } = toHotColumns(sortRun(columns));
      const expected = new Map<string, { micros: number; value: number }>();
      for (const { point, micros, value } of samples) {
        const key = `${point} ${Math.floor(micros / 1_000)}`;
        const before = expected.get(key);
        const isLater = before === undefined || micros > before.micros;
        const isGreater =
          before?.micros === micros &&
          (value > before.value || (value === 0 && Object.is(before.value, -0) && !Object.is(value, -0)));
        if (isLater || isGreater) expected.set(key, { micros, value });
      }
      const found = Array.from({ length: rows.length }, (_, row) => [
        `${rows.number[row]} ${rows.ms[row]}`,
        rows.value[row],
      ]);
      expect(new Map(found as [string, number][])).toEqual(
        new Map([...expected].map(([key, { value }]) => [key, value])),
      );
      expect(rows.length + duplicates).toBe(samples.length);
    }),
  );
});
