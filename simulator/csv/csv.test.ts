import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CSV_FORM, readCsv } from "./csv.ts";

const MICROS = Date.UTC(2024, 0, 15, 10, 30) * 1_000;
const read = (...lines: string[]) => readCsv("a.csv", lines.join("\n"));
const samples = (...lines: string[]) =>
  read(...lines).rows.map(({ micros, value }) => [micros - MICROS, value]);
const fault = (...lines: string[]) => {
  try {
    return { rows: read(...lines).rows };
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
};

describe("a first line", () => {
  it.each([
    "2024-01-15 10:30:00,1",
    "2024-01-15T10:30:00Z,1",
    "2024-01-15 11:30:00+01:00,on",
    "1705314600,1",
    "1705314600000,1",
    '"2024-01-15 10:30:00","1"',
    "2024-01-15 10:30;1",
    "2024-01-15 10:30\t1",
    "2024-01-15 10:30:00,",
  ])("%s is a sample", (line) => {
    const table = read(line);
    expect([table.hasHeader, table.rows.map(({ micros }) => micros)]).toEqual([false, [MICROS]]);
  });

  it.each([
    ["timestamp,value", 0],
    ["Time,Temperature", 0],
    ['"Date","21 degrees"', 0],
    ["unix,v", 0],
    ["a,b", 0],
    [",value", 0],
    ["value,timestamp", 1],
    ["temp_1,ts", 1],
    ["reading,when_read", 1],
    ["Value,x", 1],
  ] as const)("%s is a header", (header, timeColumn) => {
    const row = timeColumn === 0 ? "2024-01-15 10:30:00,1" : "1,2024-01-15 10:30:00";
    expect(read(header, row)).toMatchObject({
      hasHeader: true,
      timeColumn,
      rows: [{ micros: MICROS, value: "1" }],
    });
  });

  it.each([
    "yesterday,2",
    "21.5,2024-01-15 10:30:00",
    "15/01/2024 10:30,21.5",
    "01.15.2024 10:30;21,5",
    "2024-02-30 10:30:00,on",
    "12:30,on",
    "x,-1",
  ])("%s is refused, since a sample would be lost as a header", (line) => {
    expect(fault(line, line)).toMatch(/^a\.csv:1: the first line is neither a header/);
  });
});

describe("times", () => {
  it.each([
    ["2024-01-15 10:30:00.5", 500_000],
    ["2024-01-15T10:30:00.123456", 123_456],
    ["2024-01-15T10:30:00.123456789", 123_456],
    ["2024-01-15 10:30", 0],
    ["2024-01-15", -37_800_000_000],
    ["2024-01-15T10:30:00Z", 0],
    ["2024-01-15 10:30:00 UTC", 0],
    ["2024-01-15 12:00:00+01:30", 0],
    ["2024-01-15 02:30:00-0800", 0],
    ["2024-01-15 11:30:00+01", 0],
    ["2024-01-15 11:30:00 +01:00", 0],
    ["1705314600", 0],
    ["1705314600.25", 250_000],
    ["1705314600000", 0],
    ["1705314600000.5", 500],
  ])("%s is read", (time, offset) => expect(samples(`${time},1`)).toEqual([[offset, "1"]]));

  it.each([
    ["2024-01-15 10:30:00,1", "1705314600,2"],
    ["2024-01-15 10:30:00,1", "2024-01-15 10:31:00Z,2"],
    ["1705314600,1", "1705314660000,2"],
    ["1705314600000,1", "1705314660,2"],
  ])("of two forms are refused: %s and %s", (first, second) => {
    expect(fault("t,v", first, first, second)).toMatch(
      /^a\.csv:4: the time is in the form .*, but line 2 has /,
    );
  });

  it.each([
    ["0", "ambiguous"],
    ["86400", "ambiguous"],
    ["99999999", "ambiguous"],
    ["1705314600000000", "too large"],
    ["1705314600000000000", "too large"],
    ["99999999999999999999", "too large"],
    ["1.7053146e9", "not a time"],
    ["-5", "not a time"],
    ["2024-02-30 10:30:00", "does not exist"],
    ["2024-01-15 24:00:00", "does not exist"],
    ["2024-01-15 10:30:60", "does not exist"],
    ["2024-01-15 10:30:00+16:00", "does not exist"],
    ["1969-12-31 23:59:59", "before 1970"],
    ["1970-01-01 00:30:00+01:00", "before 1970"],
    ["15.01.2024 10:30", "not a time"],
    ["01/15/2024 10:30", "not a time"],
    ["2024-1-5 10:30:00", "not a time"],
    ["2024-01-15 10:30:00 CET", "not a time"],
    ["Jan 15 2024", "not a time"],
    ["", "not a time"],
  ])("%s is refused with its line", (time, problem) => {
    expect(fault("time,value", "", `${time},1`)).toMatch(new RegExp(`^a\\.csv:3: .*${problem}`));
  });
});

describe("values", () => {
  it("are kept as they are, also those that are no numbers", () => {
    const values = ["74.93588199999998", "", "Active", "nan", "1e5", "-0", "21.5 °C", "1.2.3"];
    expect(samples(...values.map((value) => `2024-01-15 10:30:00,${value}`))).toEqual(
      values.map((value) => [0, value]),
    );
  });

  it("lose quotes and outer spaces", () => {
    expect(samples('2024-01-15 10:30:00 , "a ""b"", c" ', ' "2024-01-15 10:30:00",2')).toEqual([
      [0, 'a "b", c'],
      [0, "2"],
    ]);
  });

  it.each([
    ["after a semicolon", (value: string) => `2024-01-15 10:30:00;${value}`],
    ["after a tab", (value: string) => `2024-01-15 10:30:00\t${value}`],
    ["in quotes", (value: string) => `2024-01-15 10:30:00,"${value}"`],
  ])("have decimal commas %s, where no other reading is possible", (_, line) => {
    const rows = samples(...["21,5", "1,234", "7", "-0,125", "1,5e-3", "off"].map(line));
    expect(rows.map(([, value]) => value)).toEqual(["21.5", "1.234", "7", "-0.125", "1.5e-3", "off"]);
    expect(fault(line("1,234"), line("7"))).toMatch(
      /^a\.csv:1: "1,234" may have a decimal comma or a thousands/,
    );
    expect(fault(line("1.5"), line("2,5"))).toMatch(/^a\.csv:2: "2,5" has a comma, but "1\.5" of line 1/);
    for (const value of ["1,234,567", "1.234,5", "1,234.5"]) {
      expect(fault(line("2,5"), line(value))).toMatch(/^a\.csv:2: .* thousands separators/);
    }
  });
});

it("a byte order mark, line ends of any system and blank lines are no rows", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = `\uFEFFtimestamp,value${end}2024-01-15 10:30:00,1${end}${end}2024-01-15 10:30:01,2${end} ${end}${end}`;
    expect(readCsv("a.csv", text).rows).toHaveLength(2);
    expect(readCsv("a.csv", text.replace(`timestamp,value${end}`, "")).rows).toHaveLength(2);
  }
});

it.each([
  [["2024-01-15 10:30:00,1,5"], "a.csv:1: the line has 3 fields instead of 2"],
  [["timestamp,site_name,point_name,value"], "a.csv:1: the line has 4 fields instead of 2"],
  [
    ["timestamp,value", "2024-01-15 10:30:00,1", "2024-01-15 10:30:00"],
    "a.csv:3: the line has 1 field instead of 2",
  ],
  [['2024-01-15 10:30:00,"1'], "a.csv:1: a quote is not closed"],
  [["sep=;", "t;v", "2024-01-15 10:30:00;1"], 'a.csv:2: "t" is not a time'],
  [["# from the BMS", "2024-01-15 10:30:00,1"], "a.csv:1: the line has 1 field instead of 2"],
  [["time,date", "2024-01-15 10:30:00,1"], "a.csv:1: both columns"],
  [["timestamp,value"], "a.csv: the file has a header and no rows"],
  [["", " "], "a.csv: the file has no rows"],
  [["t\0i\0m\0e"], "a.csv: this is not UTF-8 text"],
])("%j is refused", (lines, message) => expect(fault(...lines)).toContain(message));

it("a file is read whole, or refused: no line of a sample is lost", () => {
  const field = fc.oneof(
    fc.constantFrom(
      "2024-01-15 10:30:00",
      "1705314600",
      "1705314600000",
      "21.5",
      "21,5",
      "on",
      "",
      "time",
      '"',
      ";",
    ),
    fc.string({ maxLength: 4 }),
  );
  const line = fc.tuple(field, fc.constantFrom(",", ";"), field).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
      const result = fault(...lines);
      if (typeof result === "string") return;
      const filled = lines
        .join("\n")
        .split(/\r\n|\r|\n/)
        .filter((content) => content.trim() !== "").length;
      const begin = /^"?(?:2024-01-15|17053146)/.test(lines.find((content) => content.trim() !== "") ?? "");
      expect(result.rows).toHaveLength(begin ? filled : filled - 1);
    }),
    { numRuns: 2_000 },
  );
});

it("the form names every accepted kind of time", () => {
  expect(CSV_FORM).toMatch(/UTC.*Z or an offset.*unix seconds or milliseconds/);
});
