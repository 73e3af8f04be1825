import { expect, test } from "vitest";
import { type HotDatabase, HotUnavailable } from "../../ports/hot.ts";
import { retriedReads } from "./retried-reads.ts";

/** A database that fails with `faults` in order, and then answers. */
function failing(faults: readonly Error[]) {
  const left = [...faults];
  const log: string[] = [];
  const database: HotDatabase = {
    async select<R>(statement: string) {
      log.push(statement);
      const fault = left.shift();
      if (fault) throw fault;
      return { rows: [] as R[], rowsRead: 7 };
    },
  };
  const clock = { sleep: async (ms: number) => void log.push(`sleep ${ms}`) };
  return { log, hot: retriedReads(database, clock) };
}

const busy = () => new HotUnavailable(new Error("database is locked: SQLITE_BUSY"));

test("a read that fails is tried again, twice", async () => {
  const { log, hot } = failing([busy(), busy()]);
  expect(await hot.select("SELECT 1")).toEqual({ rows: [], rowsRead: 7 });
  expect(log).toEqual(["SELECT 1", "sleep 50", "SELECT 1", "sleep 250", "SELECT 1"]);
});

test("the third failure, and one that no repetition helps, is thrown", async () => {
  const three = failing([busy(), busy(), busy()]);
  await expect(three.hot.select("SELECT 1")).rejects.toThrow("SQLITE_BUSY");
  for (const fault of [new HotUnavailable(new Error("no such table: days")), new TypeError("a bug")]) {
    const { log, hot } = failing([fault]);
    await expect(hot.select("SELECT 1")).rejects.toBe(fault);
    expect(log).toEqual(["SELECT 1"]);
  }
});
