import { expect, test } from "vitest";
import type { SiteName } from "../../src/domain/site.ts";
import { newMeter } from "../../src/query/cost.ts";
import type { HotDatabase } from "../../src/query/hot/hot.ts";
import { HotTables } from "../../src/query/hot/hot.ts";

export interface WritableHot {
  readonly database: HotDatabase;
  run(statement: string, ...values: readonly (string | number)[]): Promise<void>;
}

const MS = Date.parse("2024-01-15T23:59:59.999Z");
const site = "site_a" as SiteName;
const NAME = 'Käl,te "1" 😀';

/** What the hot tier relies on in a `HotDatabase`. `open` provides an empty database with the schema. */
export function hotConformance(open: () => Promise<WritableHot>): void {
  async function filled() {
    const hot = await open();
    await hot.run("INSERT INTO sites (id, name) VALUES (1, ?1)", site);
    await hot.run(
      "INSERT INTO points (id, site_id, name) VALUES (7, 1, ?1), (9, 1, 'b'), (11, 1, ?2)",
      NAME,
      `\ufeff${NAME}`,
    );
    for (const [point, ms, value] of [
      [9, MS, 0.1],
      [7, MS + 1, -1e-308],
      [7, MS, 21],
      [7, MS - 86_399_999, 1.7976931348623157e308],
    ] as const) {
      await hot.run("INSERT INTO samples VALUES (?1, ?2, ?3)", point, ms, value);
    }
    await hot.run("INSERT INTO days VALUES (1, '2024-01-15', 1, 3), (1, '2024-01-16', 0, 1)");
    return { tables: new HotTables(hot.database), meter: newMeter(), hot };
  }

  test("names match exactly, whatever characters they have", async () => {
    const { tables, meter } = await filled();
    const ids = await tables.pointIds(site, [NAME, `\ufeff${NAME}`, "B", "b"], meter);
    expect(ids).toEqual(
      new Map([
        [NAME, 7],
        ["b", 9],
        [`\ufeff${NAME}`, 11],
      ]),
    );
  });

  test("milliseconds and doubles come back as they went in, by point and then by time", async () => {
    const { tables, meter } = await filled();
    const rows = await tables.samples([9, 7], MS - 86_399_999, MS + 1, 10, meter);
    expect(rows).toEqual([
      { point: 7, ms: MS - 86_399_999, value: 1.7976931348623157e308 },
      { point: 7, ms: MS, value: 21 },
      { point: 9, ms: MS, value: 0.1 },
    ]);
    expect(meter.d1Rows).toBeGreaterThanOrEqual(3);
    expect(await tables.samples([9, 7], MS, MS + 2, 2, meter)).toHaveLength(2);
  });

  test("a day's row tells whether it is whole", async () => {
    const { tables, meter } = await filled();
    const days = await tables.days(site, "2024-01-14" as never, "2024-01-16" as never, meter);
    expect([...days]).toEqual([
      ["2024-01-15", { whole: true, samples: 3 }],
      ["2024-01-16", { whole: false, samples: 1 }],
    ]);
  });

  test("each point's newest sample is found", async () => {
    const { tables, meter } = await filled();
    const rows = await tables.newest(site, ["b", NAME, "nobody"], meter);
    expect([...rows].sort((a, b) => a.ms - b.ms)).toEqual([
      { name: "b", ms: MS, value: 0.1 },
      { name: NAME, ms: MS + 1, value: -1e-308 },
    ]);
  });

  test("the schema refuses rows that can't be samples", async () => {
    const { hot } = await filled();
    const insert = (...values: readonly (string | number)[]) =>
      hot.run("INSERT INTO samples VALUES (?1, ?2, ?3)", ...values);
    await expect(insert(7, MS, 22)).rejects.toThrow(/UNIQUE/);
    await expect(insert(7, MS + 0.5, 22)).rejects.toThrow(/INTEGER/);
    await expect(insert(7, MS + 5, "warm")).rejects.toThrow(/REAL/);
  });

  test("a statement that fails is the hot storage being unavailable, which tells whether tables or columns are missing", async () => {
    const { hot } = await filled();
    for (const [statement, tablesMissing] of [
      ["SELECT * FROM absent", true],
      ["SELECT unknown FROM days", true],
      ["SELECT 1 +", false],
    ] as const) {
      const fault = { kind: "hot-unavailable", tablesMissing };
      await expect(hot.database.select(statement)).rejects.toMatchObject(fault);
    }
  });
}
