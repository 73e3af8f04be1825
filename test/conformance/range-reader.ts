import { expect, test } from "vitest";
import type { ObjectKey } from "../../src/domain/layout.ts";
import type { RangeReader } from "../../src/ports/range-reader.ts";

const KEY = "timeseries/2024/01/15/site_a.parquet" as ObjectKey;

export interface RangedObjects {
  readonly reader: RangeReader;
  place(key: ObjectKey, content: Uint8Array): Promise<void>;
  remove(key: ObjectKey): Promise<void>;
}

/** What a query relies on in a `RangeReader`. `withObjects` hands out one without objects. */
export function rangeReaderConformance(
  withObjects: (body: (objects: RangedObjects) => Promise<void>) => Promise<void>,
): void {
  const utf8 = new TextEncoder();
  const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);
  const endOf = async (reader: RangeReader, length: number) => {
    const end = await reader.end(KEY, length);
    if (!end || end === "unchanged") throw new Error(`no end: ${end}`);
    return end;
  };

  test("a key without an object has no end and no part", () =>
    withObjects(async ({ reader }) => {
      expect(await reader.end(KEY, 8)).toBeUndefined();
      expect(await reader.end(KEY, 8, "etag")).toBeUndefined();
      expect(await reader.read(KEY, "etag", 0, 8)).toBeUndefined();
    }));

  test("an end is of the length that was asked for, or the whole object, with its size", () =>
    withObjects(async ({ reader, place }) => {
      await place(KEY, utf8.encode("0123456789"));
      for (const [length, expected] of [
        [3, "789"],
        [10, "0123456789"],
        [11, "0123456789"],
      ] as const) {
        const end = await endOf(reader, length);
        expect([text(end.bytes), end.size]).toEqual([expected, 10]);
      }
    }));

  test("an object without a byte has an end without one", () =>
    withObjects(async ({ reader, place }) => {
      await place(KEY, new Uint8Array());
      const end = await endOf(reader, 8);
      expect([end.bytes.length, end.size]).toEqual([0, 0]);
    }));

  test("a part is of the version whose end was read, or there is none", () =>
    withObjects(async ({ reader, place, remove }) => {
      await place(KEY, utf8.encode("0123456789"));
      const { etag } = await endOf(reader, 3);
      expect(text(await reader.read(KEY, etag, 2, 4))).toBe("2345");
      await place(KEY, utf8.encode("abcdefghij"));
      expect(await reader.read(KEY, etag, 2, 4)).toBeUndefined();
      await remove(KEY);
      expect(await reader.read(KEY, etag, 2, 4)).toBeUndefined();
    }));

  test("an end that is known is unchanged until the object is another", () =>
    withObjects(async ({ reader, place, remove }) => {
      await place(KEY, utf8.encode("0123456789"));
      const { etag } = await endOf(reader, 3);
      expect(await reader.end(KEY, 3, etag)).toBe("unchanged");
      await place(KEY, utf8.encode("abcdefghij"));
      expect(await reader.end(KEY, 3, etag)).toMatchObject({ size: 10, bytes: utf8.encode("hij") });
      await remove(KEY);
      expect(await reader.end(KEY, 3, etag)).toBeUndefined();
    }));
}
