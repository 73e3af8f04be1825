import { expect, test } from "vitest";
import { alertNotice } from "../../../src/contract/backfill.ts";
import { rowsOf } from "../harness/inspect.ts";
import { World, type WorldOptions } from "../harness/world.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FIRST = "2024-01-01";
const LAST = "2024-01-05";
const EVERYTHING = { from: undefined, to: undefined, site: undefined };
const RAISED_AND_CLEARED = ["raised high_error_rate", "cleared high_error_rate"];

/** A world with a webhook, in which the first day fails. */
function worldToTell(options: WorldOptions = {}) {
  const world = new World({ ...options, config: { alertWebhookUrl: "https://hooks.test/s3cret" } });
  const fault = world.vendor.faults.add({ day: FIRST, effect: { do: "status", status: 400, body: "json" } });
  return { world, mend: () => world.vendor.faults.clear(fault) };
}

const waiting = (world: World) => rowsOf(world.coordinator, "SELECT * FROM alert_notice");
const said = (world: World, words: string) => world.logs.filter(({ message }) => message.includes(words));

test("the receiver gets a notice when an alert is raised and when it is cleared, once each, with all fields", async () => {
  const { world, mend } = worldToTell();
  await world.start(FIRST, "2024-01-02");
  await world.run();
  // Alerts are evaluated repeatedly, by the cron trigger and by status requests.
  await world.cron();
  await world.status();
  await world.run();
  expect(world.receiver.sequence).toEqual(["raised high_error_rate"]);
  mend();
  await world.ask((coordinator) => coordinator.retry(EVERYTHING));
  await world.run();
  await world.cron();
  const { backfill_id } = await world.status();
  const [raised, cleared] = world.receiver.accepted;
  for (const { notice } of world.receiver.accepted)
    expect(alertNotice.strict().parse(notice)).toEqual(notice);
  expect(world.receiver.accepted).toHaveLength(2);
  expect(raised?.notice).toEqual({
    text: "Backfill alert raised: 1 of 2 finished site-days failed",
    alert: "high_error_rate",
    state: "raised",
    site: null,
    date: null,
    phase: null,
    value: 50,
    threshold: 10,
    backfill_id,
    message: "1 of 2 finished site-days failed",
    since: raised?.notice.at,
    at: expect.stringMatching(/^2025-06-01T/),
    idempotency_key: raised?.key,
  });
  expect(cleared?.notice).toMatchObject({ state: "cleared", backfill_id, since: raised?.notice.since });
  expect(Date.parse(cleared?.notice.at ?? "")).toBeGreaterThan(Date.parse(raised?.notice.at ?? ""));
  expect(cleared?.key).not.toBe(raised?.key);
  expect(waiting(world)).toEqual([]);
});

test("a receiver that is unreachable for an hour gets the notices in order afterwards, and delays nothing", async () => {
  const { world, mend } = worldToTell();
  world.receiver.status = undefined;
  await world.start(FIRST, "2024-01-05");
  await world.pass(30 * MINUTE);
  expect(await world.status()).toMatchObject({ outcome: "partial", days_completed: 4 });
  mend();
  await world.ask((coordinator) => coordinator.retry(EVERYTHING));
  await world.pass(30 * MINUTE);
  expect(await world.status()).toMatchObject({ outcome: "success" });
  expect(world.receiver.attempts).toEqual([]);
  expect(waiting(world)).toHaveLength(2);
  world.receiver.status = 200;
  const back = world.scheduler.now;
  await world.run();
  expect(world.receiver.sequence).toEqual(RAISED_AND_CLEARED);
  expect((world.receiver.accepted[1]?.at ?? 0) - back).toBeLessThan(11 * MINUTE);
  expect(said(world, "failed and is retried")).toHaveLength(1);
});

test("a receiver that never responds delays no reconcile", async () => {
  const { world } = worldToTell();
  world.effects.break({ on: /receiver\.deliver/, mode: "hang", times: Number.POSITIVE_INFINITY });
  await world.start(FIRST, "2024-01-02");
  for (let rounds = 0; rounds < 5; rounds++) {
    const before = world.effects.broken.length;
    await world.run(() => world.effects.broken.length > before);
    const asked = world.scheduler.now;
    await world.run(() => !world.coordinator.busy);
    expect(world.scheduler.now - asked).toBeLessThan(SECOND);
  }
  world.effects.restore();
  await world.run();
  expect(world.receiver.sequence).toEqual(["raised high_error_rate"]);
});

test.each(["die after", "effect, then fail", "late", "zombie", "overtaken"] as const)(
  "a notice whose delivery is unknown to the sender (%s) is sent again with the same key",
  async (mode) => {
    const { world, mend } = worldToTell();
    world.effects.break({ on: /receiver\.deliver/, mode });
    await world.start(FIRST, "2024-01-02");
    await world.run();
    mend();
    await world.ask((coordinator) => coordinator.retry(EVERYTHING));
    await world.run();
    const [first, second] = world.receiver.accepted;
    expect(world.receiver.accepted).toHaveLength(3);
    expect(second).toMatchObject({ key: first?.key, notice: first?.notice });
    expect(world.receiver.sequence).toEqual(RAISED_AND_CLEARED);
  },
);

test("a crash between an alert and its delivery loses no notice", async () => {
  const { world } = worldToTell();
  world.effects.break({ on: /receiver\.deliver/, mode: "die before" });
  await world.start(FIRST, "2024-01-02");
  await world.run();
  expect(world.receiver.sequence).toEqual(["raised high_error_rate"]);
  expect(world.receiver.accepted).toHaveLength(1);
});

test.each([404, 410, 302])(
  "a notice that is answered with %i is not sent again, and the log names the status",
  async (status) => {
    const { world, mend } = worldToTell();
    world.receiver.status = status;
    await world.start(FIRST, "2024-01-02");
    await world.run();
    expect(world.receiver.attempts).toHaveLength(1);
    expect(said(world, "notice can't be delivered")).toMatchObject([
      { level: "ERROR", fields: { alert: "high_error_rate", state: "raised", status } },
    ]);
    expect(waiting(world)).toEqual([]);
    // The next notice is delivered.
    world.receiver.status = 200;
    mend();
    await world.ask((coordinator) => coordinator.retry(EVERYTHING));
    await world.run();
    expect(world.receiver.sequence).toEqual(["cleared high_error_rate"]);
  },
);

test("a notice is abandoned after about a day without a receiver", async () => {
  const { world } = worldToTell();
  world.receiver.status = 503;
  await world.start(FIRST, "2024-01-02");
  const begun = world.scheduler.now;
  await world.run();
  const took = world.scheduler.now - begun;
  expect(took).toBeGreaterThan(23 * HOUR);
  expect(took).toBeLessThan(26 * HOUR);
  expect(said(world, "notice can't be delivered")).toHaveLength(1);
  expect(said(world, "failed and is retried")).toHaveLength(1);
  expect(waiting(world)).toEqual([]);
});

test("alerts of a replaced job end with it, in the status and for the receiver", async () => {
  const { world } = worldToTell();
  await world.start(FIRST, "2024-01-02");
  await world.run();
  const before = await world.status();
  expect(before.alerts).toHaveLength(1);
  const reports = { on: /^coordinator site_a\./, mode: "hang", times: Number.POSITIVE_INFINITY } as const;
  world.effects.break(reports);
  await world.start("2024-02-01", "2024-02-02");
  // No site has reported since.
  expect((await world.status()).alerts).toEqual([]);
  world.effects.restore();
  await world.run();
  expect(world.receiver.sequence).toEqual(RAISED_AND_CLEARED);
  expect(world.receiver.accepted[1]?.notice.backfill_id).toBe(before.backfill_id);
});

test("a wrong key is alerted two hours after the halt, and its end too, though only the cron trigger runs", async () => {
  const { world, mend } = worldToTell();
  mend();
  const refused = world.vendor.faults.add({ effect: { do: "status", status: 401, body: "json" } });
  await world.start(FIRST, "2024-01-02");
  await world.run();
  for (let minutes = 0; minutes < 120; minutes += 5) {
    expect(world.receiver.accepted).toEqual([]);
    // Evicted, as an idle object is.
    world.coordinator.kill();
    await world.cron();
  }
  expect(world.receiver.sequence).toEqual(["raised backfill_stuck site_a 2024-01-01"]);
  expect(world.receiver.accepted[0]?.notice).toMatchObject({
    site: "site_a",
    text: expect.stringContaining("ACE_API_KEY"),
  });
  world.vendor.faults.clear(refused);
  await world.start(FIRST, "2024-01-02");
  await world.run();
  expect(world.receiver.sequence.at(-1)).toBe("cleared backfill_stuck site_a 2024-01-01");
});

test("a site that halts while another runs for hours is alerted after two hours, once, also if the other has ended", async () => {
  const config = { alertWebhookUrl: "https://hooks.test/s3cret", requestsPerMinute: 1, pageSize: 10 };
  const world = new World({ sites: ["site_a", "site_b"], config });
  const refused = world.vendor.faults.add({
    site: "site_a",
    effect: { do: "status", status: 401, body: "json" },
  });
  await world.start(FIRST, LAST);
  await world.pass(2 * HOUR - 5 * MINUTE);
  expect(world.receiver.accepted).toEqual([]);
  await world.pass(10 * MINUTE);
  const told = ["raised backfill_stuck site_a 2024-01-01"];
  expect(world.receiver.sequence).toEqual(told);
  expect(await world.status()).toMatchObject({ status: "in_progress", sites_stuck: [] });
  await world.run();
  expect(await world.status()).toMatchObject({ status: "halted", alerts: [{ site: "site_a" }] });
  for (let minutes = 0; minutes < 180; minutes += 5) await world.cron();
  expect(world.receiver.sequence).toEqual(told);
  world.vendor.faults.clear(refused);
  await world.start(FIRST, LAST);
  await world.run();
  expect(world.receiver.sequence).toEqual([...told, "cleared backfill_stuck site_a 2024-01-01"]);
});

test("without a webhook no notice is stored", async () => {
  const { world } = worldToTell();
  world.deploy({ alertWebhookUrl: null });
  await world.start(FIRST, "2024-01-02");
  await world.run();
  expect((await world.status()).alerts).toHaveLength(1);
  expect(waiting(world)).toEqual([]);
  expect(world.receiver.attempts).toEqual([]);
});

test("the address of the webhook is in no log line and no response", async () => {
  const { world } = worldToTell();
  world.receiver.status = undefined;
  await world.start(FIRST, "2024-01-02");
  await world.pass(HOUR);
  const shown = JSON.stringify([world.logs, await world.status(), [...world.view.values]]);
  expect(shown).not.toContain("hooks.test");
  expect(shown).not.toContain("s3cret");
});
