import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { computedRead, dayWindow } from "../../test/support/simulator-reader.ts";
import { startSimulator } from "../server/server.ts";

const folder = mkdtempSync(join(tmpdir(), "csv-site-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, rows: string): string {
  const path = join(folder, name);
  writeFileSync(path, `timestamp,value\n${rows}`);
  return path;
}

test("files become points in order of time, with duplicates and with values exactly as in the file", async () => {
  const machine = file(
    "machine.csv",
    "2013-12-02 21:20:00,74.93588199999998\n2013-12-02 21:15:00,73.96732207\n2013-12-02 21:15:00,73.96732207\n",
  );
  const ambient = file("ambient.csv", "2013-12-02 21:15:00,\n2013-12-03 00:00:00,70\n");
  const csv = [{ path: machine }, { path: ambient, name: "ses/real/weather/temp" }];
  const simulator = await startSimulator({ sites: [{ name: "real", csv }] });
  try {
    const read = await computedRead(simulator, "real", { ...dayWindow("2013-12-02"), page_size: 3 });
    expect(read.rows.map((row) => JSON.parse(row))).toEqual([
      ["csv/real/machine", "73.96732207", "2013-12-02T21:15:00"],
      ["csv/real/machine", "73.96732207", "2013-12-02T21:15:00"],
      ["ses/real/weather/temp", "", "2013-12-02T21:15:00"],
      ["csv/real/machine", "74.93588199999998", "2013-12-02T21:20:00"],
    ]);
    expect([...simulator.truth("real", "2013-12-03")]).toHaveLength(1);
    expect([...simulator.truth("real", "2013-12-04")]).toHaveLength(0);
    expect(simulator.configured("real")).toEqual(["csv/real/machine", "ses/real/weather/temp"]);
  } finally {
    await simulator.close();
  }
});

test("a row that can't be read is named by file and line", async () => {
  const path = file("bad.csv", "2013-12-02 21:15:00,1\nyesterday,2\n");
  await expect(startSimulator({ sites: [{ name: "real", csv: [{ path }] }] })).rejects.toThrow(/bad\.csv:3/);
});
