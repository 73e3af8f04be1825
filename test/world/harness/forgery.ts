import { expect } from "vitest";
import { jsonReply, type Reply, textReply } from "../../../simulator/ace-api/reply.ts";
import { contentOf, stagedRows, viewLags } from "./inspect.ts";
import { day, World, type WorldOptions } from "./world.ts";
import { KEY, type VendorRequest } from "./world-vendor.ts";

/** Backfills in which the vendor's responses for a day are forged. */

export const DAY = "2024-01-02";
export const OBJECT = "timeseries/2024/01/02/site_a.parquet";
export const SMALL: WorldOptions = { config: { pageSize: 100, maxRetries: 1 } };
/** Every row is a valid sample and is served once. */
export const PLAIN: WorldOptions = { ...SMALL, vendor: { oddShare: 0, duplicateShare: 0 } };

export interface Row {
  name: string;
  value: unknown;
  time: string;
}

export interface Page {
  point_samples: Row[];
  next_cursor: string | null;
  has_more: boolean;
}

export const pageOf = (reply: Reply) => JSON.parse(Buffer.concat(reply.body).toString()) as Page;

/** The honest page, changed. */
export const changed = (change: (page: Page, request: VendorRequest) => object) => (request: VendorRequest) =>
  jsonReply(200, change(pageOf(request.honest()), request));

/** The honest page for changed parameters. */
export const asIf = (change: (params: URLSearchParams) => void) => (request: VendorRequest) => {
  const params = new URLSearchParams(request.params);
  change(params);
  return request.honest(params);
};

export const json = (text: string, status = 200) => textReply(status, "application/json", text);

/** Runs a backfill of three days; `forge` makes the responses for the second. */
export async function runForged(
  forge: (request: VendorRequest) => Reply | undefined,
  options = SMALL,
): Promise<World> {
  const world = new World(options);
  world.vendor.forge = (request) =>
    request.kind === "samples" && request.day === DAY ? forge(request) : undefined;
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  await nothingElseIsHarmed(world, options);
  return world;
}

const honest = new Map<WorldOptions, Promise<Record<string, string | undefined>>>();

export function whole(options: WorldOptions) {
  const known = honest.get(options);
  if (known) return known;
  const made = (async () => {
    const world = new World(options);
    await world.start("2024-01-01", "2024-01-03");
    await world.run();
    return contentOf(world);
  })();
  honest.set(options, made);
  return made;
}

/** Fails unless the other days are complete, nothing stays staged, no alarm failed and the key is shown nowhere. */
async function nothingElseIsHarmed(world: World, options: WorldOptions): Promise<void> {
  const status = await world.status();
  // The peak of memory, which roll-ups have raised after the job, goes to KV.
  await world.run();
  expect(status.status).toBe("completed");
  expect(status.days_completed + status.days_failed).toBe(3);
  const { [OBJECT]: _, ...neighbours } = await whole(options);
  expect(contentOf(world)).toMatchObject(neighbours);
  expect(stagedRows(world)).toBe(0);
  expect(viewLags(world)).toEqual([]);
  expect(world.logs.filter(({ message }) => /failed unexpectedly|alarm's work failed/.test(message))).toEqual(
    [],
  );
  const everything = { from: undefined, to: undefined, site: undefined };
  const shown = [
    status,
    await world.ask((coordinator) => coordinator.errors(everything, 1_000)),
    await world.ask((coordinator) => coordinator.days(everything, 1_000)),
    world.logs,
    world.view.puts,
  ];
  expect(JSON.stringify(shown)).not.toContain(KEY);
}

export async function dayOf(world: World) {
  const [view] = await world.ask((coordinator) =>
    coordinator.days({ from: day(DAY), to: day(DAY), site: undefined }, 1),
  );
  if (!view) throw new Error("the calendar lacks the day");
  return view;
}
