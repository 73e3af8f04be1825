import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AlertReceiver, startAlertReceiver } from "./alert-receiver.ts";
import { eventually, keyOf, World } from "./fixture.ts";

const WEBHOOK_PATH = "/services/T0/B1/s3cret";

let receiver: AlertReceiver;
let world: World;
beforeAll(async () => {
  const small = { pointsPerSite: 20, samplesPerDay: 200 };
  const sites = [
    { name: "a", ...small },
    { name: "b", ...small },
  ];
  // The receiver is unavailable at first, and redirects the third post.
  receiver = await startAlertReceiver(WEBHOOK_PATH, [503, 200, 302]);
  world = await World.open({ sites }, { ALERT_WEBHOOK_URL: receiver.url, ALERT_FAILED_PERCENT: "30" });
});
afterAll(async () => {
  await world?.close();
  await receiver?.close();
});
beforeEach(() => world.sim.faults.clear());

const postsUntil = (count: number) =>
  eventually(`${count} posts`, () => receiver.posts.length >= count && receiver.posts.slice(0, count));

/** The log's first line with this message, which may come after the response to a request. */
const logged = (message: string) =>
  eventually(`the log says "${message}"`, () =>
    world.log().find((line) => line.message === `[BACKFILL] ${message}`),
  );

// The first test: it counts all posts to the receiver so far.
test("an alert reaches a real receiver when it is raised and when it is cleared, and no other address", async () => {
  const [first, failing] = ["2024-06-01", "2024-06-02"] as const;
  const fault = world.sim.faults.add({ day: failing, effect: { do: "status", status: 400, body: "json" } });
  const { body } = await world.client.start(first, failing, { sites: ["a"] });
  const { alerts } = await world.client.settled();
  expect(alerts).toMatchObject([{ alert: "high_error_rate", value: 50, threshold: 30 }]);
  const [refused, raised] = await postsUntil(2);
  expect(raised?.body).toMatchObject({
    text: "Backfill alert raised: 1 of 2 finished site-days failed",
    alert: "high_error_rate",
    state: "raised",
    value: 50,
    threshold: 30,
    backfill_id: body.backfill_id,
  });
  expect(raised).toMatchObject({ url: WEBHOOK_PATH, headers: { "content-type": "application/json" } });
  expect(raised?.headers["idempotency-key"]).toBe(raised?.body.idempotency_key);
  // The refused attempt had the same bytes.
  expect(refused?.body).toEqual(raised?.body);

  world.sim.faults.clear(fault);
  await world.client.call("POST", "/backfill/retry");
  expect(await world.client.settled()).toMatchObject({ outcome: "success", alerts: [] });
  const [, , cleared] = await postsUntil(3);
  expect(cleared?.body).toMatchObject({ alert: "high_error_rate", state: "cleared" });
  // The redirect is not followed, and the notice is abandoned.
  await eventually("the log has the status of the abandoned notice", () =>
    world
      .log()
      .some(({ message, status }) => message.includes("notice can't be delivered") && status === 302),
  );
  expect(receiver.posts.map(({ url }) => url)).toEqual([WEBHOOK_PATH, WEBHOOK_PATH, WEBHOOK_PATH]);
  expect(world.lines.filter((line) => line.includes("BACKFILL")).join("\n")).not.toContain("s3cret");
  expect(JSON.stringify(await world.client.status())).not.toContain("s3cret");
});

test.each([401, 500])(
  "a key that the API refuses with %i halts the sites at once, and a valid key resumes them",
  async (code) => {
    const [from, to] = code === 401 ? ["2023-01-01", "2023-12-31"] : ["2022-01-01", "2022-12-31"];
    world.sim.set({ key: "another-key", invalidKey: code });
    world.sim.resetStats();
    const { body } = await world.client.start(from, to);
    const halted = await world.client.settled();
    expect(halted).toMatchObject({ status: "halted", days_completed: 0, days_failed: 0 });
    for (const site of halted.sites)
      expect(site).toMatchObject({ state: "halted", halt_reason: expect.stringMatching(/ACE_API_KEY/) });
    // A 401 halts at once; a 500 may be temporary and is retried.
    expect(world.sim.stats().byKind).toEqual({ points: code === 401 ? 2 : 4 });
    expect(await world.client.cancel()).toMatchObject({ status: 400 });

    world.sim.set({ key: "test-key" });
    const { backfill_id } = body;
    expect(await world.client.start(from, to)).toMatchObject({
      status: 202,
      body: { status: "resumed", backfill_id },
    });
    await world.client.until(({ days_completed }) => days_completed >= 6);
    expect(await world.client.status()).toMatchObject({ status: "in_progress", days_failed: 0 });
    expect(await world.client.cancel()).toMatchObject({ status: 200 });
    await world.client.until(({ sites }) => sites.every(({ state }) => state === "cancelled"));
  },
);

test("a halted site names its reason while the other completes, and completes after a resume", async () => {
  const fault = world.sim.faults.add({ site: "b", effect: { do: "status", status: 401, body: "json" } });
  await world.client.start("2024-01-01", "2024-01-02");
  const halted = await world.client.settled();
  expect(halted).toMatchObject({ status: "halted", days_completed: 2 });
  expect(halted.sites.map(({ state }) => state)).toEqual(["completed", "halted"]);
  world.sim.faults.clear(fault);
  await world.client.start("2024-01-01", "2024-01-02");
  expect(await world.client.settled()).toMatchObject({ outcome: "success", days_completed: 4 });
});

test("a failed day is named with its error everywhere, and a retry completes it", async () => {
  const day = "2024-02-02";
  world.sim.faults.add({ site: "a", day, effect: { do: "status", status: 503 } });
  const { body } = await world.client.start("2024-02-01", "2024-02-03");
  expect(await world.client.settled()).toMatchObject({
    status: "completed",
    outcome: "partial",
    days_completed: 5,
    days_failed: 1,
    failed_days: [{ date: day, site: "a" }],
  });
  const [failed] = await world.client.days(`?from=${day}&to=${day}&site=a`);
  expect(failed).toMatchObject({
    status: "failed",
    records: null,
    failure: { reason: "5xx", message: expect.stringMatching(/503/) },
  });

  const { errors } = (await world.client.call<{ errors: { timestamp: string }[] }>("GET", "/backfill/errors"))
    .body;
  const context = { site: "a", date: day, page: expect.any(Number) };
  const entry = {
    backfill_id: body.backfill_id,
    error: expect.stringMatching(/503/),
    stack: expect.stringMatching(/503/),
    context,
  };
  expect(errors[0]).toMatchObject(entry);
  const state = await world.state();
  const key = `backfill:errors:${body.backfill_id}:${errors[0]?.timestamp}`;
  await eventually("KV has the error and the failed day", async () => {
    const shown = (await state.kv(`backfill:day:${day}:a`)) as { status: string } | null;
    return shown?.status === "failed" && (await state.kv(key)) !== null;
  });
  expect(await state.kv(key)).toMatchObject(entry);
  const [{ expiration = 0 } = {}] = await state.kvKeys("backfill:errors:");
  expect(Math.round((expiration - Date.now() / 1000) / 86_400)).toBe(30);
  const errorLine = await logged(`Failed to process day ${day}`);
  expect(errorLine).toMatchObject({ level: "ERROR", site: "a", error: expect.stringMatching(/503/) });

  world.sim.faults.clear();
  world.sim.resetStats();
  const retry = await world.client.call("POST", "/backfill/retry", { site: "a" });
  expect(retry).toMatchObject({ status: 202, body: { status: "retrying", days: 1 } });
  expect(await world.client.settled()).toMatchObject({
    outcome: "success",
    days_completed: 6,
    days_failed: 0,
  });
  expect(world.sim.arrivals().filter(({ site, kind }) => site === "b" && kind === "samples")).toEqual([]);
  expect(await world.client.call("POST", "/backfill/retry")).toMatchObject({ status: 409 });
});

test("a failed re-fetch leaves the valid day valid, in R2, in the calendar and in KV", async () => {
  const day = "2024-03-01";
  await world.client.start(day, day, { sites: ["a"] });
  await world.client.settled();
  const before = await world.object(keyOf("a", day));
  world.sim.faults.add({ site: "a", day, effect: { do: "status", status: 400, body: "json" } });
  await world.client.start(day, day, { sites: ["a"], force_restart: true });
  expect(await world.client.settled()).toMatchObject({
    outcome: "partial",
    days_completed: 0,
    failed_days: [{ date: day, site: "a" }],
  });
  const [view] = await world.client.days(`?from=${day}&to=${day}&site=a`);
  expect(view).toMatchObject({
    status: "completed",
    evidence: { bytes: before.length },
    failure: { message: expect.stringMatching(/400/) },
  });
  expect(await world.object(keyOf("a", day))).toEqual(before);
  const state = await world.state();
  await eventually("KV still shows the day completed", async () => {
    const shown = (await state.kv(`backfill:day:${day}:a`)) as { status: string } | null;
    return shown?.status === "completed";
  });
});

test("a 429 pauses every site, and the status says until when", async () => {
  const seconds = 6;
  world.sim.resetStats();
  world.sim.faults.add({
    on: "samples",
    site: "a",
    times: 1,
    effect: { do: "throttle", retryAfter: { form: "seconds", seconds } },
  });
  await world.client.start("2024-04-01", "2024-04-06");
  const throttled = await world.client.until(({ throttled_until }) => throttled_until !== null);
  const until = Date.parse(throttled.throttled_until ?? "");
  const said = await logged(`Rate limited, waiting ${seconds} s`);
  expect(await world.client.settled()).toMatchObject({ outcome: "success", throttled_until: null });
  expect(world.sim.arrivals().filter(({ outcome }) => outcome === 429)).toHaveLength(1);
  // Requests that were sent before the site reads the 429 still arrive, late on a busy machine; after them none does.
  const quietFrom = Date.parse(String(said.until)) - 2_000;
  const inPause = world.sim.arrivals().filter(({ atMs }) => atMs > quietFrom && atMs < until);
  expect(until).toBeGreaterThan(quietFrom);
  expect(inPause).toEqual([]);
});
