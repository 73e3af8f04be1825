import { expect, test } from "vitest";
import type { ObjectKey } from "../../src/domain/layout.ts";
import type { ArchiveReader, ByteRange } from "../../src/ports/archive.ts";

const KEY = "timeseries/2024/01/15/site_a.parquet" as ObjectKey;

export interface ReadableObjects {
  readonly reader: ArchiveReader;
  place(key: ObjectKey, content: Uint8Array): Promise<void>;
  remove(key: ObjectKey): Promise<void>;
}

/** What a query relies on in an `ArchiveReader`. `withObjects` provides a reader without objects. */
export function archiveReaderConformance(
  withObjects: (body: (objects: ReadableObjects) => Promise<void>) => Promise<void>,
): void {
  const utf8 = new TextEncoder();
  const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);
  const endOf = async (reader: ArchiveReader, length: number) => {
    const end = await reader.read(KEY, { suffix: length });
    if (!end?.bytes) throw new Error("no end");
    return { ...end, bytes: end.bytes };
  };
  const middleOf = async (reader: ArchiveReader, etag: string) =>
    (await reader.read(KEY, { offset: 2, length: 4 }, { ifMatch: etag }))?.bytes;

  test("a key without an object has no head, no end, no part and no stream", () =>
    withObjects(async ({ reader }) => {
      expect(await reader.head(KEY)).toBeUndefined();
      expect(await reader.read(KEY, { suffix: 8 })).toBeUndefined();
      expect(await reader.read(KEY, { suffix: 8 }, { ifNoneMatch: "etag" })).toBeUndefined();
      expect(await reader.read(KEY, { offset: 0, length: 8 }, { ifMatch: "etag" })).toBeUndefined();
      expect(await reader.open(KEY, "etag")).toBeUndefined();
    }));

  test("an end has the requested length, or is the whole object, with its size", () =>
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

  test("an object without a byte has an end without a byte", () =>
    withObjects(async ({ reader, place }) => {
      await place(KEY, new Uint8Array());
      const end = await endOf(reader, 8);
      expect([end.bytes.length, end.size]).toEqual([0, 0]);
    }));

  test("a part is of the version whose end was read, or has no bytes", () =>
    withObjects(async ({ reader, place, remove }) => {
      await place(KEY, utf8.encode("0123456789"));
      const { etag } = await endOf(reader, 3);
      expect(text(await middleOf(reader, etag))).toBe("2345");
      await place(KEY, utf8.encode("abcdefghij"));
      expect(await middleOf(reader, etag)).toBeUndefined();
      await remove(KEY);
      expect(await middleOf(reader, etag)).toBeUndefined();
    }));

  test("an end whose etag is known has no bytes until the object is replaced", () =>
    withObjects(async ({ reader, place, remove }) => {
      await place(KEY, utf8.encode("0123456789"));
      const { etag } = await endOf(reader, 3);
      const condition = { ifNoneMatch: etag };
      expect(await reader.read(KEY, { suffix: 3 }, condition)).toEqual({ etag, size: 10, bytes: undefined });
      await place(KEY, utf8.encode("abcdefghij"));
      const replaced = await reader.read(KEY, { suffix: 3 }, condition);
      expect(replaced).toMatchObject({ size: 10, bytes: utf8.encode("hij") });
      await remove(KEY);
      expect(await reader.read(KEY, { suffix: 3 }, condition)).toBeUndefined();
    }));

  test("a stream is of the version that its etag names, whole or in part, or there is none", () =>
    withObjects(async ({ reader, place, remove }) => {
      await place(KEY, utf8.encode("0123456789"));
      const { etag = "" } = (await reader.head(KEY)) ?? {};
      const read = async (part?: ByteRange) => {
        const stream = await reader.open(KEY, etag, part);
        return stream && new Response(stream).text();
      };
      expect(await read()).toBe("0123456789");
      expect(await read({ offset: 2, length: 3 })).toBe("234");
      expect(await read({ offset: 9, length: 1 })).toBe("9");
      await place(KEY, utf8.encode("abc"));
      expect([await read(), await read({ offset: 1, length: 2 })]).toEqual([undefined, undefined]);
      await remove(KEY);
      expect([await read(), await read({ offset: 1, length: 2 })]).toEqual([undefined, undefined]);
    }));
}
