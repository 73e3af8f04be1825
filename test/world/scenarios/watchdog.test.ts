import { expect, test } from "vitest";
import type { Alarm } from "../../../src/backfill/ports.ts";
import type { SitePorts } from "../../../src/backfill/site/site.ts";
import type { Incarnation } from "../harness/incarnation.ts";
import { contentOf, stagedRows, viewLags } from "../harness/inspect.ts";
import { day, type Shell, World, type WorldOptions } from "../harness/world.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;
const FIRST = "2024-01-01";
const EVERYTHING = { from: undefined, to: undefined, site: undefined };
const never = () => new Promise<never>(() => undefined);

/** A world whose sites get other ports than the world's. */
function worldWith(sitePorts: NonNullable<Shell["sitePorts"]>, options: WorldOptions = {}): World {
  return new World({ ...options, shell: { rules: (ports, make) => make(ports), sitePorts } });
}

/** A call that never settles and whose time limit never fires, which the rules themselves can't bound. */
function withoutAnswer(ports: SitePorts, strikes: (path: string) => boolean): SitePorts {
  return {
    ...ports,
    vendor: {
      ...ports.vendor,
      get: (path, signal) => (strikes(path) ? never() : ports.vendor.get(path, signal)),
    },
    clock: {
      ...ports.clock,
      sleep: (ms, signal) => (ms === TIMEOUT_MS ? never() : ports.clock.sleep(ms, signal)),
    },
  };
}
const TIMEOUT_MS = 30_001;
const config = { aceTimeoutMs: TIMEOUT_MS };

async function unharmed() {
  const world = new World();
  await world.start(FIRST, "2024-01-05");
  await world.run();
  return contentOf(world);
}

const restartsOf = (world: World) => world.effects.labels.filter((label) => /\.restart$/.test(label)).length;
const said = (world: World, words: string) => world.logs.filter(({ message }) => message.includes(words));
/** All but the first window, which is requested from a second before midnight, as that of the next day is. */
const ofFirst = (path: string) => /start_time=2024-01-01T(?!23)/.test(decodeURIComponent(path));

test("a call that never answers is ended with its object after an hour, and its day is completed", async () => {
  let hung = 0;
  const world = worldWith((ports) => withoutAnswer(ports, (path) => ofFirst(path) && hung++ === 0), {
    config,
  });
  await world.start(FIRST, "2024-01-05");
  const begun = world.scheduler.now;
  await world.run(() => restartsOf(world) > 0);
  const after = world.scheduler.now - begun;
  expect(after).toBeGreaterThan(HOUR - MINUTE);
  expect(after).toBeLessThan(HOUR + 2 * MINUTE);
  expect((await world.status()).sites_stuck).toEqual(["site_a"]);
  await world.run();
  expect(restartsOf(world)).toBe(1);
  expect(await world.status()).toMatchObject({ outcome: "success", sites_stuck: [], alerts: [] });
  expect(contentOf(world)).toEqual(await unharmed());
  expect(stagedRows(world)).toBe(0);
});

test("an object that has lost all timers is restarted and continues", async () => {
  let broken: Incarnation | undefined;
  const world = worldWith((ports, incarnation) => {
    broken ??= incarnation;
    const sleep = (ms: number, signal?: AbortSignal) =>
      incarnation === broken && world.archive.days.size > 0 ? never() : ports.clock.sleep(ms, signal);
    return { ...ports, clock: { ...ports.clock, sleep } };
  });
  // Its alarm has fired and never ends: the invariant is about alarms that are set.
  world.tampered = true;
  await world.start(FIRST, "2024-01-05");
  await world.run();
  expect(broken?.owns).toBe(false);
  expect(restartsOf(world)).toBe(1);
  expect(contentOf(world)).toEqual(await unharmed());
});

test("work that hangs after every restart is restarted once an hour, and the third death fails its day", async () => {
  const hangs: number[] = [];
  const world = worldWith(
    (ports) =>
      withoutAnswer(ports, (path) => {
        if (ofFirst(path)) hangs.push(world.scheduler.now);
        return ofFirst(path);
      }),
    { config },
  );
  const restarts: number[] = [];
  await world.start(FIRST, "2024-01-05");
  await world.run(() => {
    if (restartsOf(world) > restarts.length) restarts.push(world.scheduler.now);
    return false;
  });
  expect(restarts).toHaveLength(3);
  expect((restarts[1] ?? 0) - (restarts[0] ?? 0)).toBeGreaterThanOrEqual(HOUR);
  expect((restarts[2] ?? 0) - (restarts[1] ?? 0)).toBeGreaterThanOrEqual(HOUR);
  expect(await world.status()).toMatchObject({
    outcome: "partial",
    days_completed: 4,
    failed_days: [{ date: FIRST, site: "site_a" }],
  });
  // The day was stuck for over two hours: a log line when the alert is raised, and one when it is cleared.
  expect(said(world, "Alert: Site site_a makes no progress")).toHaveLength(1);
  expect(said(world, "Alert is over: Site site_a makes no progress")).toHaveLength(1);
});

test("a site that never responds is restarted and reported without its response, and restarts do no harm", async () => {
  const world = new World({ sites: ["site_a", "site_b"], config: { requestsPerMinute: 2 } });
  // Neither its responses nor its notifications reach the Coordinator, from the beginning on.
  world.effects.break({
    on: /^coordinator site_a\.(apply|report|read|restart)|^site_a coordinator\.report/,
    mode: "hang",
    times: Number.POSITIVE_INFINITY,
  });
  await world.start(FIRST, "2024-01-02");
  await world.pass(2 * HOUR + 30 * MINUTE);
  const status = await world.status();
  expect(status.sites_unreachable).toEqual(["site_a"]);
  expect(status.sites_stuck).toEqual(["site_a"]);
  expect(status.alerts).toMatchObject([{ alert: "backfill_stuck", site: "site_a", date: null }]);
  expect(restartsOf(world)).toBe(2);
  expect(world.view.json("backfill:state")).toMatchObject({ alerts: [{ site: "site_a" }] });
  const { errors } = await world.ask((coordinator) => coordinator.errors(EVERYTHING, 10));
  expect(errors).toMatchObject([
    { context: { site: "site_a" }, error: expect.stringContaining("no progress") },
  ]);
  expect(world.view.json(`backfill:errors:${status.backfill_id}:${errors[0]?.timestamp}`)).toEqual(errors[0]);
  world.effects.restore();
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", alerts: [], sites_stuck: [] });
});

test("a stuck day is alerted once, with its phase and its beginning, though the Coordinator dies again and again", async () => {
  const world = worldWith(
    (ports) => ({ ...ports, archive: { ...ports.archive, publish: never, head: never } }),
    { config: { maxRetries: 20, retryBaseDelayMs: 60_000 } },
  );
  await world.start(FIRST, "2024-01-02");
  const begun = world.scheduler.now;
  for (let minutes = 0; minutes < 150; minutes += 5) {
    await world.pass(5 * MINUTE);
    world.coordinator.kill();
  }
  const { alerts } = await world.status();
  expect(alerts).toMatchObject([
    { alert: "backfill_stuck", site: "site_a", date: FIRST, phase: "encoded" },
    {},
  ]);
  expect(alerts[1]?.alert).toBe("upload_failures");
  expect(Math.abs(Date.parse(alerts[0]?.since ?? "") - begun)).toBeLessThan(10 * MINUTE);
  expect(said(world, "Alert: Site site_a makes no progress with 2024-01-01 (encoded)")).toHaveLength(1);
  // Each wait is bounded and ends with a heartbeat; a restart would not help.
  expect(restartsOf(world)).toBe(0);
});

test("hours of pauses and of outage are alerted after two hours, and are neither stuck nor unavailable", async () => {
  const world = new World();
  const pause = { do: "throttle", retryAfter: { form: "seconds", seconds: 3_600 } } as const;
  const throttled = world.vendor.faults.add({ effect: pause });
  await world.start(FIRST, "2024-01-05");
  const waits = { alert: "backfill_stuck", message: expect.stringContaining("waits for the API") };
  await world.pass(HOUR + 50 * MINUTE);
  expect(await world.status()).toMatchObject({ sites_stuck: [], alerts: [] });
  await world.pass(HOUR);
  expect(await world.status()).toMatchObject({ sites_stuck: [], alerts: [waits] });
  world.vendor.faults.clear(throttled);
  await world.run(() => world.archive.days.size > 0);
  expect((await world.status()).alerts).toEqual([]);
  world.vendor.faults.add({ effect: { do: "status", status: 503 } });
  await world.pass(3 * HOUR);
  expect(await world.status()).toMatchObject({ sites_stuck: [], alerts: [waits] });
  world.vendor.faults.clear();
  await world.run();
  expect((await world.status()).alerts).toEqual([]);
  expect(restartsOf(world)).toBe(0);
  expect(contentOf(world)).toEqual(await unharmed());
});

test("a run that takes over an hour because of a slow gate has heartbeats, though nothing is committed meanwhile", async () => {
  const world = new World({ config: { requestsPerMinute: 2, pageSize: 3 }, vendor: { samplesPerDay: 480 } });
  await world.start(FIRST, FIRST);
  await world.run();
  expect(restartsOf(world)).toBe(0);
  expect((await world.status()).outcome).toBe("success");
});

test.each([
  ["throttledUntil", (until: number) => until],
  ["outage", (until: number) => ({ until, delayMs: 60_000 })],
])("%s a year ahead, from a clock that has stepped back since, holds nobody", async (fact, value) => {
  const alarms = new Map<string, Alarm>();
  const world = new World({
    shell: {
      rules: (ports, make) => {
        alarms.set(ports.incarnation.name, ports.alarm);
        return make(ports);
      },
    },
  });
  await world.start(FIRST, "2024-01-05");
  await world.run(() => world.archive.days.size === 1);
  const inAYear = world.scheduler.now + YEAR;
  world.site("site_a").db.tx((sql) => {
    sql.run("INSERT OR REPLACE INTO state VALUES (?, ?)", fact, JSON.stringify(value(inAYear)));
  });
  for (const one of [world.site("site_a"), world.coordinator]) {
    one.db.tx((sql) => sql.run("UPDATE outbox SET due_at = ?, put_at = ?", inAYear, inAYear));
  }
  // The alarm waits until then too, and no attempt would set another.
  void alarms.get("site_a")?.arm(inAYear);
  world.site("site_a").kill();
  const begun = world.scheduler.now;
  await world.run();
  expect(world.scheduler.now - begun).toBeLessThan(HOUR);
  expect(await world.status()).toMatchObject({ outcome: "success" });
  expect(contentOf(world)).toEqual(await unharmed());
  expect(viewLags(world)).toEqual([]);
});

test("a tick ends also if its clock steps back by a day", async () => {
  let skew = 0;
  const world = worldWith(
    (ports) => ({ ...ports, clock: { ...ports.clock, now: () => ports.clock.now() + skew } }),
    { config: { requestsPerMinute: 2 } },
  );
  await world.start(FIRST, "2024-01-05");
  await world.pass(MINUTE);
  skew = -24 * HOUR;
  const stepped = world.scheduler.now;
  await world.run(() => !world.site("site_a").busy);
  expect(world.scheduler.now - stepped).toBeLessThan(2 * MINUTE);
  await world.run();
  expect(contentOf(world)).toEqual(await unharmed());
});

test("more than five failed uploads in a row raise an alert until an upload is verified", async () => {
  const world = new World();
  world.effects.break({ on: /archive\.publish timeseries/, mode: "fail before", times: 8 });
  await world.start(FIRST, "2024-01-02");
  await world.run();
  expect((await world.status()).alerts).toMatchObject([
    { alert: "upload_failures", site: "site_a", message: "8 uploads of site site_a in a row failed" },
    { alert: "high_error_rate", site: null, message: "2 of 2 finished site-days failed" },
  ]);
  await world.ask((coordinator) => coordinator.retry(EVERYTHING));
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", alerts: [] });
  expect(said(world, "Alert: ")).toHaveLength(2);
  expect(said(world, "Alert is over: ")).toHaveLength(2);
});

test("eleven 429s within an hour raise an alert, which is cleared an hour later", async () => {
  const world = new World({ sites: ["site_a", "site_b"] });
  const pause = { do: "throttle", retryAfter: { form: "seconds", seconds: 5 } } as const;
  world.vendor.faults.add({ on: "samples", times: 11, effect: pause });
  world.vendor.faults.add({
    on: "samples",
    effect: { do: "throttle", retryAfter: { form: "seconds", seconds: 1_800 } },
  });
  await world.start(FIRST, "2024-01-05");
  await world.run(() => said(world, "Alert:").length > 0);
  expect((await world.status()).alerts).toMatchObject([{ alert: "rate_limit_exhaustion", site: null }]);
  expect(world.vendor.arrivals.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(11);
  // Refused twice an hour from now on.
  await world.pass(HOUR + 15 * MINUTE);
  expect((await world.status()).alerts).toEqual([]);
  expect(said(world, "Alert: The API has throttled")).toHaveLength(1);
  expect(said(world, "Alert is over: The API has throttled")).toHaveLength(1);
  world.vendor.faults.clear();
  await world.pass(30 * SECOND);
  await world.run();
});

test("work on a due day that never ends is restarted without any job, and the day is archived", async () => {
  let hung = 0;
  const world = worldWith((ports) => withoutAnswer(ports, (path) => ofFirst(path) && hung++ === 0), {
    config,
  });
  const list = [{ date: day(FIRST), fetchedSince: world.scheduler.now }];
  await world.setDue("site_a", list);
  for (let crons = 0; crons < 14 && restartsOf(world) === 0; crons++) {
    await world.pass(5 * MINUTE);
    await world.ask((coordinator) => coordinator.wake());
  }
  expect(restartsOf(world)).toBe(1);
  await world.run();
  expect((await world.setDue("site_a", list)).days).toMatchObject([{ state: "published", failures: 0 }]);
  expect(stagedRows(world)).toBe(0);
});
