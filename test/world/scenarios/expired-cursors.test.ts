import { expect, test } from "vitest";
import { dayOf } from "../harness/forgery.ts";
import { contentOf, rowsOf } from "../harness/inspect.ts";
import { World, type WorldOptions } from "../harness/world.ts";

const DAY = "2024-01-02";
/** The first window of the day; the margin of the last window of the day before ends at 00:00:01. */
const WINDOW = { on: "samples", from: `${DAY}T00:01:00Z`, to: `${DAY}T00:02:00Z` } as const;
const EXPIRED = { do: "expire-cursor" } as const;
/** Rejected, unconfigured and repeated rows in every window, and several runs of it. */
const OPTIONS: WorldOptions = {
  config: { pageSize: 10 },
  steps: { runSamples: 50, sliceSamples: 5_000 },
  vendor: { samplesPerDay: 1_200, oddShare: 0.2, duplicateShare: 0.1, unconfigured: 5 },
};
const optionsOf = (cursors: "vendor" | "opaque"): WorldOptions => ({
  ...OPTIONS,
  // Where a point comes twice at a page boundary, an opaque cursor can't be turned back.
  vendor: { ...OPTIONS.vendor, cursors, ...(cursors === "opaque" && { duplicateShare: 0 }) },
});

async function evidenceOf(world: World) {
  const { evidence, status } = await dayOf(world);
  expect(status).toBe("completed");
  const { requests, retries, ...rows } = evidence ?? expect.unreachable();
  return { rows, requests, retries };
}

async function undisturbed(cursors: "vendor" | "opaque") {
  const world = new World(optionsOf(cursors));
  await world.start(DAY, DAY);
  await world.run();
  return { content: contentOf(world), ...(await evidenceOf(world)) };
}

const pagesOf = (world: World) =>
  rowsOf<{ pages: number }>(world.site("site_a"), "SELECT pages FROM fetch_window WHERE idx = 0")[0]?.pages ??
  0;

test.each(["vendor", "opaque"] as const)(
  "a window whose cursor is refused (%s) is read again, and the evidence counts every row once",
  async (cursors) => {
    const whole = await undisturbed(cursors);
    const world = new World(optionsOf(cursors));
    world.vendor.faults.add({ ...WINDOW, skip: 12, times: 1, effect: EXPIRED });
    await world.start(DAY, DAY);
    await world.run();
    const { rows, requests } = await evidenceOf(world);
    expect(contentOf(world)).toEqual(whole.content);
    expect(rows).toEqual(whole.rows);
    // Thirteen requests before the refusal, and the refused one.
    expect(requests).toBe(whole.requests + 14);
    expect(
      world.logs.filter(({ message }) => message.includes("read again from its beginning")),
    ).toHaveLength(1);
  },
);

test.each([404, 422])("a %i to a request with a cursor is such a refusal", async (status) => {
  const whole = await undisturbed("opaque");
  const world = new World(optionsOf("opaque"));
  world.vendor.faults.add({ ...WINDOW, skip: 12, times: 1, effect: { do: "status", status } });
  await world.start(DAY, DAY);
  await world.run();
  expect((await evidenceOf(world)).rows).toEqual(whole.rows);
  expect(contentOf(world)).toEqual(whole.content);
});

test("a cursor that is refused again fails the day, also after a crash in between, and no other", async () => {
  for (const crash of [false, true]) {
    const world = new World(optionsOf("opaque"));
    const fault = world.vendor.faults.add({ ...WINDOW, skip: 12, times: 1, effect: EXPIRED });
    await world.start("2024-01-01", "2024-01-03");
    await world.run(() =>
      world.logs.some(({ message }) => message.includes("read again from its beginning")),
    );
    if (crash) world.site("site_a").kill();
    await world.run(() => pagesOf(world) >= 5);
    world.vendor.faults.clear(fault);
    world.vendor.faults.add({ ...WINDOW, effect: EXPIRED });
    await world.run();
    expect(await world.status()).toMatchObject({
      outcome: "partial",
      days_completed: 2,
      failed_days: [{ date: DAY, site: "site_a" }],
    });
    const { failure } = await dayOf(world);
    expect(failure?.message).toMatch(
      /^the API refused the cursor again after the window was read from its beginning: the ACE API answered 400 "The cursor has expired\." \(page \d+ of window 1, 1 try\)$/,
    );
    // A retry stages the day again, with windows that may be read again once more.
    world.vendor.faults.clear();
    await world.ask((coordinator) => coordinator.retry({}));
    await world.run();
    // The number of its windows may be another.
    const pages = expect.any(Number);
    expect((await evidenceOf(world)).rows).toEqual({ ...(await undisturbed("opaque")).rows, pages });
  }
});

test("each window may be read again once", async () => {
  const whole = await undisturbed("vendor");
  const world = new World(optionsOf("vendor"));
  for (const hour of ["01", "06", "13", "20"]) {
    const window = { from: `${DAY}T${hour}:00:00Z`, to: `${DAY}T${hour}:00:10Z` };
    world.vendor.faults.add({ on: "samples", ...window, skip: 7, times: 1, effect: EXPIRED });
  }
  await world.start(DAY, DAY);
  await world.run();
  expect((await evidenceOf(world)).rows).toEqual(whole.rows);
  expect(world.logs.filter(({ message }) => message.includes("read again from its beginning"))).toHaveLength(
    4,
  );
});

test("a refused request without a cursor fails the day at once", async () => {
  const world = new World(optionsOf("vendor"));
  world.vendor.faults.add({ ...WINDOW, effect: { do: "status", status: 400 } });
  await world.start(DAY, DAY);
  await world.run();
  expect((await dayOf(world)).failure?.message).toMatch(
    /^the ACE API answered 400 .* \(page 1 of window 1, 1 try\)$/,
  );
  expect(world.logs.filter(({ message }) => message.includes("read again from its beginning"))).toEqual([]);
});

test("a crash at any effect around the refusal neither counts a row twice nor reads the window again twice", async () => {
  const small: WorldOptions = {
    ...{ config: { pageSize: 10 }, steps: { runSamples: 20, sliceSamples: 5_000 } },
    vendor: { ...OPTIONS.vendor, samplesPerDay: 300, pointsPerSite: 12 },
  };
  const started = async (refused: boolean) => {
    const world = new World(small);
    if (refused) world.vendor.faults.add({ ...WINDOW, skip: 4, times: 1, effect: EXPIRED });
    await world.start(DAY, DAY);
    return world;
  };
  const undisturbed = await started(false);
  await undisturbed.run();
  const whole = (await evidenceOf(undisturbed)).rows;
  const reread = (world: World) =>
    world.logs.filter(({ message }) => message.includes("read again from its beginning")).length;
  const probe = await started(true);
  await probe.run(() => reread(probe) === 1);
  const last = probe.effects.labels.length;
  for (const mode of ["die before", "die after", "zombie"] as const) {
    for (let skip = last - 8; skip < last + 4; skip += 1) {
      const world = new World(small);
      world.vendor.faults.add({ ...WINDOW, skip: 4, times: 1, effect: EXPIRED });
      world.effects.break({ mode, skip });
      await world.start(DAY, DAY).catch(() => world.start(DAY, DAY));
      await world.run();
      expect(await world.status(), `${mode} @ ${skip}`).toMatchObject({ outcome: "success" });
      const { pages: _, ...rows } = (await evidenceOf(world)).rows;
      // A resume reads the timestamp of its cursor again: those rows come twice, and count so.
      const again = rows.fetched - whole.fetched;
      expect([mode, skip, rows.written, again >= 0, again < 20]).toEqual([
        mode,
        skip,
        whole.written,
        true,
        true,
      ]);
      expect(reread(world)).toBeLessThanOrEqual(1);
    }
  }
});
