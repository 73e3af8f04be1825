import fc from "fast-check";

/** Names, values and times as JSON; those in the first list of each are what the API writes. */
const NAMES = [
  ['"a"', '"b"', '"ses/x 1"', '"zz"'],
  ['""', '"\\u0061"', '"é"', '"q\\"q"', '"b\\\\c"', '"\\ud800"', "null", "7", "NaN", '"NaN"'],
] as const;
const TIMES = [
  ["16:00:29.4", "16:00:30", "16:25:00", "16:25:00.5", "17:00:31", "17:00:32"],
  ["25:00:00", "x", "16:25:00\\u005a"],
] as const;
export const ODD_VALUES = [
  '"007"',
  '"+1"',
  '".5"',
  '"5."',
  '"."',
  '"-"',
  '"-."',
  '"-0"',
  '"-0.0"',
  '"0"',
  '"--1"',
  '"1.2.3"',
  '"1e5"',
  '"-1.5E-7"',
  '"1e999"',
  '"1.6100000143051147"',
  '"93.79999923706055"',
  '"9007199254740991"',
  '"9007199254740992"',
  '"9007199254740993"',
  '"0.0000000000000000000001"',
  '"0.00000000000000000000012"',
  '"123456789012345678901234567890"',
  '""',
  '" "',
  '" 1.5 "',
  '"NaN"',
  '"Infinity"',
  '"active"',
  '"OFF"',
  '"72abc"',
  '"0x1F"',
  '"1_0"',
  "null",
  "true",
  "false",
  "7",
  "-0",
  "1.5e3",
  "1e999",
  "NaN",
  "Infinity",
  "-Infinity",
] as const;
/** Not JSON, or of a kind that is not scanned. */
const WRONG_VALUES = [
  "{}",
  "[]",
  "[1,2]",
  '{"a":1}',
  "01",
  "+1",
  "nul",
  "1.",
  "+Infinity",
  "-NaN",
  "nan",
  "1.#QNAN",
  "1Infinity",
  "Infinity1",
  "Na",
  "[NaN]",
  '{"a":-Infinity}',
  "",
  '"\\u0031"',
  '"é"',
  '"a\tb"',
  '"\u007f"',
] as const;

const mostly = (usual: fc.Arbitrary<string>, odd: readonly string[]) =>
  fc.oneof({ arbitrary: usual, weight: 60 }, { arbitrary: fc.constantFrom(...odd), weight: 1 });

const digits = fc.stringMatching(/^-?\d{1,18}(\.\d{0,24})?$/).map((text) => `"${text}"`);
const doubles = fc.oneof(fc.double(), fc.float()).map((value) => `"${value}"`);
const value = mostly(fc.oneof(digits, doubles, fc.constantFrom(...ODD_VALUES)), WRONG_VALUES);
const name = mostly(fc.constantFrom(...NAMES[0]), NAMES[1]);
const time = mostly(fc.constantFrom(...TIMES[0]), TIMES[1]);

/** How a row is written; `~` stands for where white space may be. */
const shape = mostly(fc.constant('{~"name"~:~N~,~"value"~:~V~,~"time"~:~T~}'), [
  '{"value":V,"name":N,"time":T}',
  '{"name":N,"value":V}',
  '{"name":N,"time":T}',
  '{"name":N,"value":V,"time":T,"unit":null}',
  '{"name":N,"name":"b","value":V,"time":T}',
  '{"name":N,"value":V,"time":null}',
  '{"name":N,"value":V,"time":NaN}',
  '{"name":N,"value":V,"time":T,"mean":NaN}',
  '{"name":N,"value":V,"time":T,NaN:1}',
  '{"name":N,"value":V,"time":T}}',
  "null",
  "{}",
  "[]",
  "7",
]);
const space = fc.oneof(
  { arbitrary: fc.constantFrom("", " ", "\n    ", "\r\n\t"), weight: 20 },
  { arbitrary: fc.constant("\u00a0"), weight: 1 },
);

const TAILS = [
  ',"next_cursor":null,"has_more":false}',
  ', "next_cursor": "abc", "has_more": true}\n',
  ',"has_more":false,"next_cursor":"é"}',
  "}",
  "} x",
  "",
  ',"has_more":true,"next_cursor":null}',
  ',"has_more":false,"point_samples":[]}',
  ',"has_more":false,"point\\u005fsamples":[]}',
  ',"has_more":false,"":[],"__proto__":{"has_more":true}}',
  ',\ufeff"has_more":false}',
  '\ufeff,"has_more":false}',
  ',"has_more":false,"next_cursor":null,"mean":NaN}',
  ',"has_more":NaN,"next_cursor":null}',
  ',"has_more":false,"next_cursor":-Infinity}',
  ',"has_more":false}}',
  ",}",
] as const;
const tail = fc.oneof(
  { arbitrary: fc.constant<string>(TAILS[0]), weight: 10 },
  { arbitrary: fc.constantFrom<string>(...TAILS), weight: 5 },
);
const head = mostly(fc.constant('~{~"point_samples"~:~['), [
  '\ufeff{"point_samples":[',
  '{"a":1,"point_samples":[',
  "[",
  '{"point_samples":[[',
  '{"point_samples":[,',
]);

const row = fc.tuple(shape, name, value, time, space, fc.integer({ min: 0, max: 99 }));
const text = fc
  .tuple(head, fc.array(row, { maxLength: 12 }), tail, space, fc.boolean(), fc.boolean())
  .map(([head, rows, tail, gap, sorted, comma]) => {
    const ordered = sorted ? rows.toSorted((a, b) => (a[3] < b[3] ? -1 : 1)) : rows;
    const written = ordered.map(([shape, name, value, time, own, odd]) =>
      shape
        .replace("N", () => name)
        .replace("V", () => value)
        .replace("T", () => `"2026-08-07T${time}"`)
        .replaceAll("~", odd < 5 ? own : gap),
    );
    return `${head.replaceAll("~", gap)}${gap}${written.join(`${gap},${gap}`)}${comma ? gap : ""}]${tail}`;
  });

type Damage = (bytes: Uint8Array) => Uint8Array;
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const byte = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(...'{}[],:"\\ 0.-'.split("").map((c) => c.charCodeAt(0))),
);
const damage = fc.oneof(
  { arbitrary: fc.constant<Damage>((bytes) => bytes), weight: 3 },
  {
    arbitrary: place.map(
      (at): Damage =>
        (bytes) =>
          bytes.slice(0, Math.floor(at * bytes.length)),
    ),
    weight: 1,
  },
  {
    arbitrary: fc.tuple(place, byte, fc.integer({ min: 0, max: 2 })).map(
      ([at, byte, gone]): Damage =>
        (bytes) => {
          const start = Math.floor(at * bytes.length);
          return Uint8Array.of(...bytes.subarray(0, start), byte, ...bytes.subarray(start + gone));
        },
    ),
    weight: 2,
  },
);

/** Bodies like the API's, with odd values, names and forms, and with bytes cut off, changed or added. */
export const bodies = fc.tuple(text, damage).map(([text, damage]) => damage(new TextEncoder().encode(text)));
