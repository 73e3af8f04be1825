import { expect, test } from "vitest";
import { rowsOf } from "../harness/inspect.ts";
import { World } from "../harness/world.ts";

const DAY = "2024-01-01";
/** Requests of the day's first window alone. */
const FIRST_WINDOW = { on: "samples", from: `${DAY}T00:00:00Z`, to: `${DAY}T00:01:00Z` } as const;
/** A 4xx with a cursor would make the site read the window again. */
const REFUSED = { do: "redirect", location: "/login" } as const;

/** Runs of five pages of ten samples: a window of this day has about 48 pages, each requested once. */
function worldOfSmallRuns(): World {
  return new World({
    config: { pageSize: 10 },
    vendor: { samplesPerDay: 2_400, duplicateShare: 0 },
    steps: { runSamples: 50, sliceSamples: 5_000 },
  });
}

async function contextOfError(world: World) {
  const [error] = (await world.ask((coordinator) => coordinator.errors({}, 1))).errors;
  return error?.context;
}

function pagesOfFirstWindow(world: World): number {
  const [row] = rowsOf<{ pages: number }>(
    world.site("site_a"),
    "SELECT pages FROM fetch_window WHERE idx = 0",
  );
  return row?.pages ?? 0;
}

test("an error has the page of its window, the window and the cursor, over many runs", async () => {
  const world = worldOfSmallRuns();
  world.vendor.faults.add({ ...FIRST_WINDOW, skip: 12, effect: REFUSED });
  await world.start(DAY, DAY);
  await world.run();
  expect(await contextOfError(world)).toEqual({
    site: "site_a",
    date: DAY,
    page: 12,
    window: 0,
    window_start: `${DAY}T00:00:00.000Z`,
    window_end: `${DAY}T04:48:30.500Z`,
    cursor: expect.stringMatching(/./),
  });
});

test("a window's first request has page 0 and no cursor", async () => {
  const world = worldOfSmallRuns();
  world.vendor.faults.add({ ...FIRST_WINDOW, effect: REFUSED });
  await world.start(DAY, DAY);
  await world.run();
  expect(await contextOfError(world)).toMatchObject({ page: 0, window: 0, cursor: null });
});

test("the page of an error continues to count after the site's object has died", async () => {
  const world = worldOfSmallRuns();
  await world.start(DAY, DAY);
  await world.run(() => pagesOfFirstWindow(world) === 5);
  world.site("site_a").kill();
  world.vendor.faults.add({ ...FIRST_WINDOW, skip: 7, effect: REFUSED });
  await world.run();
  expect(await contextOfError(world)).toMatchObject({ page: 12, window: 0 });
});
