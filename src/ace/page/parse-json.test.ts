import { expect, test } from "vitest";
import { VendorFault } from "../faults.ts";
import { BARE_SHARE, JSON_VALUES_MAX } from "../limits.ts";
import { decodeSamples } from "./page.ts";
import { parseJsonObject } from "./parse-json.ts";

const bytes = (text: string) => Buffer.from(text);

function faultOf(read: () => unknown): VendorFault {
  try {
    read();
  } catch (error) {
    if (error instanceof VendorFault) return error;
    throw error;
  }
  throw new Error("no fault was thrown");
}

test.each([
  ["empty lists", `{"a":[${"[],".repeat(JSON_VALUES_MAX / 2)}0]}`],
  ["empty objects", `{"a":[${"{},".repeat(JSON_VALUES_MAX / 2)}0]}`],
  ["numbers", `{"a":[${"0,".repeat(JSON_VALUES_MAX)}0]}`],
  ["fields", `{${'"":0,'.repeat(JSON_VALUES_MAX)}"a":0}`],
  ["levels", `{"a":${"[".repeat(JSON_VALUES_MAX)}${"]".repeat(JSON_VALUES_MAX)}}`],
  ["levels that are never closed", "[".repeat(16 * 1024 * 1024)],
])("more %s than fit into memory are rejected before they are parsed", (_, body) => {
  expect(faultOf(() => parseJsonObject(bytes(body)))).toMatchObject({ reason: "too-large" });
});

test("as many values as are allowed are parsed, 100,000 levels deep too", () => {
  const list = `{"a":[${"0,".repeat(JSON_VALUES_MAX - 3)}0]}`;
  expect(parseJsonObject(bytes(list)).a).toHaveLength(JSON_VALUES_MAX - 2);
  const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  expect(parseJsonObject(bytes(deep)).a).toHaveLength(1);
});

test("brackets and commas inside strings are not counted, escaped quotes included", () => {
  const text = '[{,\\"'.repeat(JSON_VALUES_MAX);
  expect(parseJsonObject(bytes(`{"a":"${text}","b":"\\\\"}`))).toMatchObject({ b: "\\" });
});

test("the largest page that is requested can be parsed", () => {
  const row = '{"name":"\\u0061","value":"1","time":"2026-08-07T16:25:00"}';
  const body = `{"point_samples":[${Array.from({ length: 100_000 }, () => row)}],"next_cursor":null,"has_more":false}`;
  expect(parseJsonObject(bytes(body)).point_samples).toHaveLength(100_000);
});

test("the same bound applies to what follows the rows of a scanned page", () => {
  const span = { fromMicros: 0, toMicros: 1 };
  const page = (more: string) =>
    bytes(`{"point_samples":[],"has_more":false,"next_cursor":null,"x":${more}}`);
  const read = (more: string) =>
    decodeSamples(page(more), { points: new Map(), keep: span, requested: span });
  expect(faultOf(() => read(`[${"[],".repeat(JSON_VALUES_MAX)}0]`))).toMatchObject({ reason: "too-large" });
  expect(read(`"${"[],".repeat(JSON_VALUES_MAX)}"`)).toMatchObject({ rows: 0, hasMore: false });
});

test("a body with bare numbers is parsed up to a smaller size, because its text is in memory twice", () => {
  const body = (value: string) => bytes(`{"a":${value},"b":"${"x".repeat(1_000)}"}`);
  expect(parseJsonObject(body("NaN"), body("NaN").length / BARE_SHARE + 1)).toMatchObject({ a: Number.NaN });
  expect(faultOf(() => parseJsonObject(body("NaN"), 1_100))).toMatchObject({ reason: "too-large" });
  expect(parseJsonObject(body("0"), 1_100)).toMatchObject({ a: 0 });
});
