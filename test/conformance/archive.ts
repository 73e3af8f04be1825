import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { ObjectKey } from "../../src/domain/layout.ts";
import type { Archive, PublishableFile } from "../../src/ports/archive.ts";

const KEY = "timeseries/2024/01/15/site_a.parquet" as ObjectKey;

export function file(text: string, more: Partial<PublishableFile> = {}): PublishableFile {
  const bytes = new TextEncoder().encode(text);
  return {
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    metadata: { record_count: String(text.length), site_name: "site_a" },
    *parts() {
      yield bytes.subarray(0, 3);
      yield bytes.subarray(3);
    },
    ...more,
  };
}

/** What the backfill relies on in an `Archive`. `withArchive` provides an archive without objects. */
export function archiveConformance(
  withArchive: (body: (archive: Archive) => Promise<void>) => Promise<void>,
): void {
  const part = async (archive: Archive, etag: string, offset: number, length: number) => {
    const read = await archive.read(KEY, { offset, length }, { ifMatch: etag });
    return read?.bytes && new TextDecoder().decode(read.bytes);
  };
  const read = async (archive: Archive) => {
    const head = await archive.head(KEY);
    return head && part(archive, head.etag, 0, head.bytes);
  };

  test("a key without an object has no head", () =>
    withArchive(async (archive) => {
      expect(await archive.head(KEY)).toBeUndefined();
    }));

  test("a published object's head tells its size, hash and metadata", () =>
    withArchive(async (archive) => {
      expect(await archive.publish(KEY, file("content"), "absent")).toBe("published");
      const head = await archive.head(KEY);
      expect(head).toMatchObject({
        key: KEY,
        bytes: 7,
        sha256: file("content").sha256,
        metadata: { record_count: "7", site_name: "site_a" },
      });
      expect(await read(archive)).toBe("content");
    }));

  test("'absent' creates and never replaces", () =>
    withArchive(async (archive) => {
      await archive.publish(KEY, file("first"), "absent");
      expect(await archive.publish(KEY, file("second"), "absent")).toBe("changed");
      expect(await read(archive)).toBe("first");
    }));

  test("a put with an etag replaces only the object of this etag", () =>
    withArchive(async (archive) => {
      await archive.publish(KEY, file("first"), "absent");
      const first = (await archive.head(KEY))?.etag ?? "";
      expect(await archive.publish(KEY, file("second"), first)).toBe("published");
      expect(await archive.publish(KEY, file("late"), first)).toBe("changed");
      expect(await read(archive)).toBe("second");
    }));

  test("the same bytes have the same etag", () =>
    withArchive(async (archive) => {
      await archive.publish(KEY, file("same"), "absent");
      const before = await archive.head(KEY);
      await archive.publish(KEY, file("same"), before?.etag ?? "");
      expect((await archive.head(KEY))?.etag).toBe(before?.etag);
    }));

  test("content that isn't what its hash says is refused and changes nothing", () =>
    withArchive(async (archive) => {
      await archive.publish(KEY, file("first"), "absent");
      const etag = (await archive.head(KEY))?.etag ?? "";
      await expect(archive.publish(KEY, file("wrong", { sha256: "00".repeat(32) }), etag)).rejects.toThrow();
      expect(await read(archive)).toBe("first");
    }));

  test("incomplete content is refused and changes nothing", () =>
    withArchive(async (archive) => {
      const broken = file("breaks off", {
        // biome-ignore lint/correctness/useYield: it is to break before the first part
        *parts() {
          throw new Error("on purpose");
        },
      });
      await expect((async () => archive.publish(KEY, broken, "absent"))()).rejects.toThrow();
      expect(await archive.head(KEY)).toBeUndefined();
    }));

  test("a read returns bytes of the requested version, or none", () =>
    withArchive(async (archive) => {
      await archive.publish(KEY, file("0123456789"), "absent");
      const first = (await archive.head(KEY))?.etag ?? "";
      expect(await part(archive, first, 3, 4)).toBe("3456");
      await archive.publish(KEY, file("abcdefghij"), first);
      expect(await part(archive, first, 3, 4)).toBeUndefined();
    }));

  test("a listing has every object of the prefix, in order, over as many pages as it takes", () =>
    withArchive(async (archive) => {
      const key = (day: number) =>
        `timeseries/2024/01/${String(day).padStart(2, "0")}/s.parquet` as ObjectKey;
      for (const day of [3, 1, 2]) await archive.publish(key(day), file(`day ${day}`), "absent");
      const keys: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await archive.list("timeseries/2024/01/", cursor);
        keys.push(...page.heads.map((head) => head.key));
        expect(page.heads.every((head) => head.sha256 && head.metadata.site_name === "site_a")).toBe(true);
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(keys).toEqual([key(1), key(2), key(3)]);
    }));
}
