import { expect, test } from "vitest";
import { dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { HotWriter, pointSeries, readSnapshot } from "../../src/hot/hot.ts";
import type { HotStore } from "../../src/ports/hot.ts";
import { type Row, readingOf, spansOf } from "../support/hot/readings.ts";

const site = "site_a" as SiteName;
const DAY = "2024-01-15" as UtcDay;
const START = dayStartMs(DAY);
const NAME = 'Käl,te "1" 😀';
/** In the order of their bytes. */
const NAMES = [NAME, "a\u0000b", "b", `\ufeff${NAME}`];

/** What hot storage relies on in a `HotStore`. `open` provides an empty database with the tables. */
export function hotConformance(open: () => Promise<HotStore>): void {
  async function filled() {
    const store = await open();
    const writer = new HotWriter(store);
    const claimed = await writer.claim(site, START);
    const points = await writer.numberPoints(claimed, [...NAMES].reverse());
    await writer.addDays(claimed, [DAY]);
    return { store, writer, claimed, points };
  }

  const count = async (store: HotStore, table: string) =>
    (await store.select<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.n;

  test("names match exactly, whatever characters they have, and are numbered by their bytes", async () => {
    const { store, writer, claimed, points } = await filled();
    expect(points).toEqual({ numbers: Uint32Array.of(3, 2, 1, 0), count: 4 });
    expect(await writer.numberPoints(claimed, ["B", NAME])).toEqual({
      numbers: Uint32Array.of(4, 0),
      count: 5,
    });
    const { points: found } = await readSnapshot(store, site, [NAME, "b", "c"], {
      fromMs: START,
      toMs: START + 1,
    });
    expect([...found]).toEqual([
      [0, NAME],
      [2, "b"],
    ]);
  });

  test("milliseconds and doubles come back as they went in, to the bit", async () => {
    const { store, writer, claimed, points } = await filled();
    const lastMs = (spansOf(DAY)[3]?.toMs ?? 0) - 1;
    const rows: Row[] = [
      [0, START, -0],
      [0, START + 1, 0],
      [0, lastMs, 1.7976931348623157e308],
      [2, START, 5e-324],
      [2, lastMs, 0.1],
    ];
    await writer.replaceHour(claimed, readingOf({ day: DAY, first: 0, end: 4, rows, points }));
    const snapshot = await readSnapshot(store, site, NAMES, { fromMs: START, toMs: lastMs + 1 });
    const read = [...pointSeries(snapshot, [0, 2], "current")].flatMap(([number, { ms, value }]) =>
      Array.from(ms, (at, row) => [number, at, value[row]]),
    );
    expect(read).toEqual(rows);
    expect(snapshot.rowsRead).toBeGreaterThan(0);
  });

  test("a block that is as it was counts no row written", async () => {
    const { writer, claimed, points } = await filled();
    const hour = (value: number) =>
      readingOf({ day: DAY, first: 0, end: 4, rows: [[0, START, value]], points });
    const first = await writer.replaceHour(claimed, hour(1));
    const again = await writer.replaceHour(claimed, hour(1));
    const changed = await writer.replaceHour(claimed, hour(2));
    // Four windows and the day. New rows of blocks and the watermark are not written again.
    expect(again).toBe(5);
    expect(changed).toBe(again + 1);
    expect(first).toBeGreaterThan(changed);
  });

  test("a batch takes effect as a whole, or not at all", async () => {
    const { store } = await filled();
    const insert = (id: number) => ({
      sql: "INSERT INTO sites VALUES (?1, ?2, 1, 0, NULL)",
      values: [id, `s${id}`],
    });
    const { results, rowsWritten } = await store.batch([
      insert(7),
      { sql: "SELECT id FROM sites", values: [] },
    ]);
    expect(results.map((rows) => rows.length)).toEqual([0, 2]);
    expect(rowsWritten).toBeGreaterThan(0);
    await expect(store.batch([insert(8), insert(7)])).rejects.toMatchObject({ kind: "hot-unavailable" });
    expect(await count(store, "sites")).toBe(2);
  });

  test("a writer whose epoch is older than the site's commits nothing", async () => {
    const { store, writer, claimed, points } = await filled();
    const later = await new HotWriter(store).claim(site, 0);
    expect(later).toMatchObject({ id: claimed.id, epoch: claimed.epoch + 1, sinceMs: START });
    const reading = readingOf({ day: DAY, first: 0, end: 1, rows: [[0, START, 1]], points });
    for (const write of [
      () => writer.replaceWindows(claimed, reading),
      () => writer.replaceHour(claimed, reading),
      () => writer.addDays(claimed, ["2024-01-16" as UtcDay]),
      () => writer.numberPoints(claimed, ["new"]),
      () => writer.release(claimed, DAY),
      () => writer.deleteDayStep(claimed, DAY, 5),
    ]) {
      await expect(write()).rejects.toMatchObject({ kind: "stale-epoch" });
    }
    expect(await count(store, "blocks")).toBe(0);
    expect(await count(store, "days")).toBe(1);
    await writer.replaceWindows(later, reading);
    await store.batch([{ sql: "DELETE FROM blocks", values: [] }]);
    // A database that was made anew does not know the site.
    await expect(writer.replaceWindows({ ...later, id: 99 }, reading)).rejects.toMatchObject({
      kind: "stale-epoch",
    });
  });

  test("the tables refuse what can't be stored", async () => {
    const { store } = await filled();
    const insert = (...values: (string | number | null)[]) =>
      store.batch([{ sql: "INSERT INTO days VALUES (1, ?1, ?2, ?3, 0, 0)", values }]);
    await expect(insert("2024-01-15", 1, 0)).rejects.toThrow(/UNIQUE/);
    await expect(insert("2024-01-16", 1, 2)).rejects.toThrow(/CHECK/);
    await expect(insert("2024-01-16", "one", 0)).rejects.toThrow(/INTEGER/);
  });

  test("a statement that fails is the hot storage being unavailable, which tells whether a table is missing", async () => {
    const { store } = await filled();
    for (const [statement, tablesMissing] of [
      ["SELECT * FROM absent", true],
      ["SELECT unknown FROM days", true],
      ["SELECT FROM days", false],
    ] as const) {
      const fault = { kind: "hot-unavailable", tablesMissing };
      await expect(store.select(statement)).rejects.toMatchObject(fault);
      await expect(store.batch([{ sql: statement, values: [] }])).rejects.toMatchObject(fault);
    }
  });
}
