import { expect, test } from "vitest";
import { Chance } from "../../../test/world/harness/chance.ts";
import { Scheduler } from "../../../test/world/harness/scheduler.ts";
import { SqliteDatabase } from "../../../test/world/harness/sqlite-store.ts";
import type { Alert, AlertNotice } from "../../contract/backfill.ts";
import type { Store } from "../../ports/ports.ts";
import { migrate } from "../tables/tables.ts";
import { AlertOutbox, alertOutboxTables } from "./outbox.ts";

const YEAR = 365 * 86_400_000;

function alertOf(site: string | null): Alert {
  const nowhere = { date: null, phase: null, since: "", message: "", value: 6, threshold: 5 };
  return { alert: "upload_failures", site, backfill_id: "id", ...nowhere };
}

/** An outbox whose receiver answers as `answer` says. */
function setup() {
  const scheduler = new Scheduler(1_000_000, new Chance(1));
  const clock = scheduler.clockOf(undefined);
  const db = new SqliteDatabase();
  const store: Store = { tx: (body) => db.tx(body), sync: async () => undefined };
  store.tx((sql) => migrate(sql, alertOutboxTables));
  const told: string[] = [];
  const receiver = { answer: (_: AlertNotice): number => 200 };
  const outbox = new AlertOutbox(
    store,
    clock,
    {
      async deliver(body) {
        const notice = JSON.parse(body) as AlertNotice;
        const status = receiver.answer(notice);
        if (status === 200) told.push(`${notice.state} ${notice.site}`);
        return status;
      },
    },
    () => undefined,
    { title: "Backfill alert", keyPrefix: ({ backfill_id }: Alert) => backfill_id },
  );
  const stage = (site: string | null, state: AlertNotice["state"]) =>
    store.tx((sql) => outbox.enqueue(sql, alertOf(site), state, scheduler.now));
  const dueAt = () => store.tx((sql) => outbox.dueAt(sql));
  const drain = async (turnsMax = 1_000) => {
    for (let turns = 0; turns < turnsMax; turns++) {
      const at = dueAt();
      if (at === undefined) return;
      scheduler.leap(Math.max(0, at - scheduler.now));
      await outbox.deliver();
    }
  };
  return { scheduler, store, outbox, told, receiver, stage, dueAt, drain };
}

test("a site's notices are told in their order, and wait for none of another site's", async () => {
  const { told, receiver, stage, drain } = setup();
  receiver.answer = ({ site }) => (site === "a" ? 503 : 200);
  stage("a", "raised");
  stage(null, "raised");
  stage("a", "cleared");
  stage("b", "raised");
  stage("b", "cleared");
  await drain(3);
  expect(told).toEqual(["raised null", "raised b", "cleared b"]);
  receiver.answer = () => 200;
  await drain();
  expect(told.slice(3)).toEqual(["raised a", "cleared a"]);
});

test("each try waits longer than the one before, up to ten minutes", async () => {
  const { scheduler, receiver, stage, drain } = setup();
  const tries: number[] = [];
  receiver.answer = () => {
    tries.push(scheduler.now);
    return 429;
  };
  stage("a", "raised");
  await drain();
  const waits = tries.slice(1).map((at, index) => (at - (tries[index] ?? 0)) / 1_000);
  expect(waits.slice(0, 9)).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600]);
  expect(waits.at(-1)).toBe(600);
  expect(tries).toHaveLength(150);
});

test("a clock that steps back a year puts nothing off for a year", async () => {
  const { scheduler, told, receiver, stage, dueAt, drain } = setup();
  receiver.answer = () => 503;
  stage("a", "raised");
  await drain(1);
  receiver.answer = () => 200;
  scheduler.leap(-YEAR);
  expect((dueAt() ?? 0) - scheduler.now).toBeLessThan(60_000);
  await drain();
  expect(told).toEqual(["raised a"]);
});

test("of an alert that comes and goes without end the latest are kept", () => {
  const { store, outbox, scheduler } = setup();
  store.tx((sql) => {
    for (let times = 0; times < 700; times++) {
      outbox.enqueue(sql, alertOf("a"), "raised", scheduler.now);
      outbox.enqueue(sql, alertOf("a"), "cleared", scheduler.now);
    }
    const [kept] = sql.all<{ rows: number; least: number }>(
      "SELECT count(*) AS rows, min(id) AS least FROM alert_notice",
    );
    expect(kept).toEqual({ rows: 1_000, least: 401 });
  });
});
