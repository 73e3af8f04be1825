import { expect, test } from "vitest";
import { contentOf, stagedRows } from "../harness/inspect.ts";
import { World, type WorldOptions } from "../harness/world.ts";

const MINUTE = 60_000;
const SITES = ["site_a", "site_b"];
const seconds = (seconds: number) => ({ form: "seconds", seconds }) as const;
const unavailable = (retryAfter: { form: "seconds" | "date"; seconds: number }, status = 503) =>
  ({ do: "status", status, retryAfter }) as const;
const options: WorldOptions = { sites: SITES, config: { pageSize: 10, requestsPerMinute: 600 } };
const refused = (world: World) => world.vendor.arrivals.filter(({ status }) => status >= 500);
const logged = (world: World, text: RegExp) => world.logs.filter(({ message }) => text.test(message));

async function whole(from: string, to: string) {
  const world = new World(options);
  await world.start(from, to);
  await world.run();
  return contentOf(world);
}

test.each([
  ["seconds", 502],
  ["date", 503],
  ["seconds", 504],
] as const)(
  "a pause stated in %s with a %i holds up one window, uses up no try, and loses nothing",
  async (form, status) => {
    const world = new World({ ...options, config: { ...options.config, maxRetries: 0 } });
    const window = {
      on: "samples",
      site: "site_a",
      from: "2024-01-01T00:00:00Z",
      to: "2024-01-01T00:01:00Z",
    } as const;
    world.vendor.faults.add({
      ...window,
      skip: 2,
      times: 6,
      effect: unavailable({ form, seconds: 120 }, status),
    });
    await world.start("2024-01-01", "2024-01-01");
    await world.run(() => refused(world).length === 1);
    const at = refused(world)[0]?.at ?? 0;
    await world.pass(MINUTE);
    // Other windows of the site, and the other site, go on.
    expect(
      world.vendor.arrivals.filter((one) => one.at > at + 1_000 && one.site === "site_a").length,
    ).toBeGreaterThan(3);
    expect((await world.status()).throttled_until).toBeNull();
    await world.run();
    expect(await world.status()).toMatchObject({ outcome: "success", days_failed: 0 });
    expect(contentOf(world)).toEqual(await whole("2024-01-01", "2024-01-01"));
    const gaps = refused(world).map(
      (one, index, all) => one.at - (all[index - 1]?.at ?? one.at - 2 * MINUTE),
    );
    expect(gaps).toHaveLength(6);
    // A date has no fractions of a second.
    expect(Math.min(...gaps)).toBeGreaterThan(2 * MINUTE - 1_500);
    expect(logged(world, /asks for a pause for window 1 of 2024-01-01, waiting 1[12]\d s/)).toHaveLength(6);
  },
);

test("while every window waits the site is waiting, says until when, and is not taken for dead", async () => {
  const world = new World({ ...options, sites: ["site_a"] });
  const fault = world.vendor.faults.add({ on: "samples", effect: unavailable(seconds(3_000)) });
  await world.start("2024-01-01", "2024-01-01");
  await world.pass(MINUTE);
  const status = await world.status();
  const last = refused(world).at(-1)?.at ?? 0;
  expect(status.sites[0]?.state).toBe("waiting");
  const until = Date.parse(status.sites[0]?.waiting_until ?? "");
  expect(until - last).toBeGreaterThan(2_900_000);
  expect(until - last).toBeLessThan(3_010_000);
  const asked = refused(world).length;
  // A crash in the pause leaves the pause.
  world.site("site_a").kill();
  world.vendor.faults.clear(fault);
  await world.pass(45 * MINUTE);
  expect(await world.status()).toMatchObject({ sites_stuck: [], days_failed: 0 });
  expect(refused(world)).toHaveLength(asked);
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success" });
  expect(world.logs.filter(({ message }) => /restart/i.test(message))).toEqual([]);
});

test("a pause for the list of points holds up its site", async () => {
  const world = new World(options);
  world.vendor.faults.add({ on: "points", site: "site_a", times: 3, effect: unavailable(seconds(600)) });
  await world.start("2024-01-01", "2024-01-01");
  await world.pass(5 * MINUTE);
  const { sites, throttled_until } = await world.status();
  expect([sites.map(({ state }) => state), throttled_until]).toEqual([["waiting", "completed"], null]);
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success" });
  expect(logged(world, /asks for a pause for the list of points, waiting 600 s/)).toHaveLength(3);
  expect(contentOf(world)).toEqual(await whole("2024-01-01", "2024-01-01"));
});

test("pauses for over an hour without a page are an outage, which fails no day and ends by itself", async () => {
  const world = new World({ ...options, sites: ["site_a"] });
  const fault = world.vendor.faults.add({ on: "samples", effect: unavailable(seconds(300)) });
  await world.start("2024-01-01", "2024-01-03");
  await world.pass(55 * MINUTE);
  expect(logged(world, /can't be reached/)).toEqual([]);
  await world.pass(3 * 60 * MINUTE);
  expect(await world.status()).toMatchObject({ days_failed: 0, sites: [{ state: "waiting" }] });
  expect((await world.status()).sites[0]?.last_error).toMatch(
    /^the ACE API answered 503 "Service Temporarily Unavailable" in HTML, and has asked for pauses since \S+Z \(page 1 of window \d\)$/,
  );
  // At least as long as the pause that was stated.
  const waits = logged(world, /can't be reached/).map(({ message }) => Number(/(\d+) s$/.exec(message)?.[1]));
  expect(waits.slice(0, 2)).toEqual([300, 600]);
  world.vendor.faults.clear(fault);
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 3 });
  expect(stagedRows(world)).toBe(0);
});

test.each([0, -60])("a Retry-After of %i s states no pause: the tries are used up", async (past) => {
  for (const retryAfter of [seconds(past), { form: "date", seconds: past } as const]) {
    const world = new World({ ...options, sites: ["site_a"] });
    world.vendor.faults.add({ on: "samples", day: "2024-01-02", effect: unavailable(retryAfter) });
    await world.start("2024-01-01", "2024-01-02");
    await world.run();
    const status = await world.status();
    expect(status).toMatchObject({ outcome: "partial", days_failed: 1 });
    expect(status.sites[0]?.last_error).toMatch(
      /^the ACE API answered 503 "Service Temporarily Unavailable" in HTML \(page 1 of window \d, 4 tries\)$/,
    );
  }
});
