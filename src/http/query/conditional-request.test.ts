import { describe, expect, it } from "vitest";
import { selectionOf } from "./conditional-request.ts";

const FILE = { etag: "e,1", bytes: 100 };
const select = (headers: Record<string, string>, method = "GET", file = FILE) => {
  const selection = selectionOf({ method, headers: new Headers(headers) }, file);
  return selection.kind === "part" ? [selection.part.offset, selection.part.length] : selection.kind;
};

describe("a range", () => {
  it.each([
    ["bytes=0-0", [0, 1]],
    ["bytes=0-99", [0, 100]],
    ["bytes=0-100", [0, 100]],
    ["bytes=10-19", [10, 10]],
    ["bytes=99-99", [99, 1]],
    ["bytes=99-", [99, 1]],
    ["bytes=0-", [0, 100]],
    ["bytes=-1", [99, 1]],
    ["bytes=-100", [0, 100]],
    ["bytes=-101", [0, 100]],
    ["bytes=5-99999999999999999999999999", [5, 95]],
    [`bytes=-${"9".repeat(400)}`, [0, 100]],
    ["BYTES=1-2", [1, 2]],
    ["  bytes=1-2  ", [1, 2]],
    ["bytes= 1-2 ,", [1, 2]],
  ])("%s is a part", (range, part) => expect(select({ Range: range })).toEqual(part));

  it.each([
    "bytes=100-",
    "bytes=100-200",
    "bytes=-0",
    "bytes=99999999999999999999-",
    `bytes=${"9".repeat(400)}-`,
  ])("%s is not satisfiable", (range) => expect(select({ Range: range })).toBe("not satisfiable"));

  it.each([
    "",
    "bytes",
    "bytes=",
    "bytes=-",
    "bytes=2-1",
    "bytes=a-b",
    "bytes=0x0-1",
    "bytes=1.5-2",
    "bytes=+1-2",
    "bytes=--1",
    "bytes=1 - 2",
    "bytes 0-1",
    "bytes:0-1",
    "bytes=0-1,3-4",
    "bytes=0-1, -1",
    "rows=0-1",
    "0-1",
  ])("%j is ignored: malformed, of another unit, or several", (range) => {
    expect(select({ Range: range })).toBe("whole");
  });

  it("of a HEAD request is ignored", () => {
    expect(select({ Range: "bytes=0-1" }, "HEAD")).toBe("whole");
    expect(select({ Range: "bytes=500-" }, "HEAD")).toBe("whole");
  });

  it("of a file without a byte is not satisfiable", () => {
    const empty = { ...FILE, bytes: 0 };
    for (const range of ["bytes=0-", "bytes=0-0", "bytes=-1"]) {
      expect(select({ Range: range }, "GET", empty)).toBe("not satisfiable");
    }
    expect(select({}, "GET", empty)).toBe("whole");
  });
});

describe("If-Range", () => {
  const Range = "bytes=0-9";
  it("with the file's etag sends the range", () =>
    expect(select({ Range, "If-Range": '"e,1"' })).toEqual([0, 10]));
  it.each(['"old"', 'W/"e,1"', "e,1", "*", "Wed, 21 Oct 2026 07:28:00 GMT", '"e,1", "old"'])(
    "with %s sends the whole file, also instead of a range that can't be satisfied",
    (condition) => {
      expect(select({ Range, "If-Range": condition })).toBe("whole");
      expect(select({ Range: "bytes=500-", "If-Range": condition })).toBe("whole");
    },
  );
  it("without a range is ignored", () => expect(select({ "If-Range": '"old"' })).toBe("whole"));
});

describe("If-None-Match", () => {
  it.each(['"e,1"', 'W/"e,1"', "*", '"old", "e,1"', '"old",W/"e,1"', ' "e,1" '])(
    "%s finds the file not modified, with a range and with HEAD too",
    (condition) => {
      const headers = { "If-None-Match": condition };
      expect(select(headers)).toBe("not modified");
      expect(select(headers, "HEAD")).toBe("not modified");
      expect(select({ ...headers, Range: "bytes=500-" })).toBe("not modified");
    },
  );
  it.each(['"old"', "e,1", '"e", "1"', "", '"E,1"'])("%j does not name the file", (condition) => {
    expect(select({ "If-None-Match": condition })).toBe("whole");
    expect(select({ "If-None-Match": condition, Range: "bytes=0-0" })).toEqual([0, 1]);
  });
});

describe("If-Match", () => {
  it.each(['"e,1"', "*", '"old", "e,1"'])("%s is met", (condition) => {
    expect(select({ "If-Match": condition, Range: "bytes=-1" })).toEqual([99, 1]);
  });
  it.each(['"old"', 'W/"e,1"', "e,1", ""])("%j is not met, whatever else is asked", (condition) => {
    const headers = { "If-Match": condition, "If-None-Match": '"e,1"', Range: "bytes=0-1" };
    expect(select(headers)).toBe("precondition failed");
    expect(select(headers, "HEAD")).toBe("precondition failed");
  });
});

it("conditions by date are ignored, because a file has no date", () => {
  const date = "Wed, 21 Oct 2099 07:28:00 GMT";
  expect(select({ "If-Modified-Since": date, "If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT" })).toBe(
    "whole",
  );
});
