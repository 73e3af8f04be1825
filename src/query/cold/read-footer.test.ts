import { beforeEach, describe, expect, test } from "vitest";
import { DAY, evenDay, KEY, namesOf, wholeDay } from "../../../test/support/query/archive.ts";
import { MemoryArchive } from "../../../test/support/query/memory-archive.ts";
import { newMeter } from "../cost.ts";
import { ColdSource } from "./cold.ts";
import { Footers } from "./footers.ts";
import { readFooter } from "./read-footer.ts";

const NAMES = namesOf(100);
const FILE = evenDay(DAY, NAMES, 100, 50).bytes;
const FOOTER_BYTES = new DataView(FILE.buffer).getUint32(FILE.length - 8, true) + 8;

let archive: MemoryArchive;

beforeEach(() => {
  archive = new MemoryArchive();
  archive.place(KEY, FILE);
});

describe("a footer", () => {
  test.each([
    ["as large as the guess", FOOTER_BYTES, [FOOTER_BYTES]],
    ["smaller than it", FOOTER_BYTES + 500, [FOOTER_BYTES + 500]],
    ["larger by a byte", FOOTER_BYTES - 1, [FOOTER_BYTES - 1, 1]],
    ["larger by nearly all", 8, [8, FOOTER_BYTES - 8]],
    ["of a file smaller than the guess", FILE.length + 1, [FILE.length]],
  ])("%s is read in as few requests and bytes as that takes", async (_, endBytes, bytes) => {
    const found = await readFooter(archive, KEY, endBytes);
    expect(found).toMatchObject({ footerBytes: FOOTER_BYTES, index: { groups: 200 } });
    expect(archive.requests.map((read) => read.bytes)).toEqual(bytes);
  });

  test("whose object is replaced before its rest is read has changed", async () => {
    archive.before = (read) => {
      if (read === 1) archive.place(KEY, evenDay(DAY, NAMES, 99, 50).bytes);
    };
    expect(await readFooter(archive, KEY, 8)).toBe("changed");
  });

  test("larger than the guess raises the guess of the next day", async () => {
    const large = evenDay(DAY, namesOf(200), 40, 10).bytes;
    archive.place(KEY, large);
    const forgetful = new ColdSource(archive, new Footers(() => 0, undefined, 0));
    for (const kinds of [
      ["end", "read", "read"],
      ["end", "read"],
    ]) {
      archive.requests.length = 0;
      for await (const _ of forgetful.days(wholeDay(NAMES.slice(0, 1)), newMeter()));
      expect(archive.requests.map(({ kind }) => kind)).toEqual(kinds);
    }
  });
});

describe("an unreadable object", () => {
  const trailer = (footerBytes: number) => {
    const bytes = FILE.slice();
    new DataView(bytes.buffer).setUint32(bytes.length - 8, footerBytes, true);
    return bytes;
  };
  test.each([
    ["has no byte", new Uint8Array()],
    ["has seven", FILE.subarray(0, 7)],
    ["breaks off", FILE.subarray(0, FILE.length - 1)],
    ["claims a footer larger than itself", trailer(FILE.length)],
    ["claims a footer of another length", trailer(FOOTER_BYTES - 30)],
    ["claims a footer of no byte", trailer(0)],
  ])("because it %s, is named in the fault", async (_, bytes) => {
    archive.place(KEY, bytes);
    await expect(readFooter(archive, KEY, 1_000)).rejects.toMatchObject({
      kind: "object-unreadable",
      key: KEY,
      message: expect.stringContaining(KEY),
    });
  });

  test("because a byte of its columns is changed, is named in the fault, or its samples still ascend", async () => {
    let faults = 0;
    for (let at = 4; at < 1_000; at += 13) {
      const bytes = FILE.slice();
      bytes[at] = (bytes[at] as number) ^ 0xff;
      archive.place(KEY, bytes);
      const source = new ColdSource(archive, new Footers(() => 0));
      const reading = (async () => {
        for await (const { series } of source.days(wholeDay(NAMES.slice(0, 2)), newMeter())) {
          for (const { ms } of series) expect(ms).toEqual(ms.toSorted());
        }
      })();
      const fault = await reading.catch((thrown: unknown) => thrown);
      if (fault === undefined) continue;
      expect(fault).toMatchObject({ kind: "object-unreadable", key: KEY });
      faults++;
    }
    expect(faults).toBeGreaterThan(0);
  });
});
