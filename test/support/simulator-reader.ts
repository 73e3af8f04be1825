import { decodeCursor, encodeCursor } from "../../simulator/ace-api/ace-api.ts";
import { parseNaive } from "../../simulator/naive-time.ts";
import type { Simulator } from "../../simulator/server/server.ts";

/** A minimal client with which tests read the simulator. */

export interface SamplesBody {
  readonly point_samples: readonly { name: string; value: string | number | boolean | null; time: string }[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}

export type Params = Readonly<Record<string, string | number>>;

export function get(simulator: Simulator, path: string, params: Params = {}, key = "test-key") {
  const query = new URLSearchParams(Object.entries(params).map(([name, value]) => [name, String(value)]));
  return fetch(`${simulator.api}${path}?${query}`, { headers: { authorization: `Bearer ${key}` } });
}

/** The parameters of a window of one day. */
export function dayWindow(day: string): Params {
  return { start_time: `${day}T00:00:00Z`, end_time: `${day}T23:59:59.999999Z`, raw_data: "true" };
}

export async function samples(simulator: Simulator, site: string, params: Params): Promise<SamplesBody> {
  const response = await get(simulator, `/sites/${site}/timeseries/paginated`, params);
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return (await response.json()) as SamplesBody;
}

export interface ReadRows {
  readonly rows: string[];
  readonly pages: number;
  /** The cursor came back unchanged, so that reading on would never end. */
  readonly stalled: boolean;
}

/** Reads a window with the server's cursors, in a plain `while (has_more)` loop. */
export async function naiveRead(simulator: Simulator, site: string, params: Params): Promise<ReadRows> {
  return readWindow(simulator, site, params, (body) => body.next_cursor);
}

/** Reads a window with cursors that it computes by counting the rows of the last timestamp, across pages. */
export async function computedRead(simulator: Simulator, site: string, params: Params): Promise<ReadRows> {
  return readWindow(simulator, site, params, (body, from) => {
    const time = body.point_samples.at(-1)?.time ?? "";
    const micros = parseNaive(time) ?? 0;
    const drawn = body.point_samples.filter((sample) => sample.time === time).length;
    const before = from === undefined ? undefined : decodeCursor(from);
    const offset = drawn + (before?.micros === micros ? before.offset : 0);
    return encodeCursor({ micros, offset }, "correct");
  });
}

async function readWindow(
  simulator: Simulator,
  site: string,
  params: Params,
  next: (body: SamplesBody, from: string | undefined) => string | null,
): Promise<ReadRows> {
  const rows: string[] = [];
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    const body = await samples(simulator, site, cursor === undefined ? params : { ...params, cursor });
    for (const { name, value, time } of body.point_samples) rows.push(JSON.stringify([name, value, time]));
    if (!body.has_more) return { rows, pages, stalled: false };
    const following = next(body, cursor) ?? undefined;
    if (following === cursor) return { rows, pages, stalled: true };
    cursor = following;
  }
}

/** All rows of the day in order, which reading a window of the day must return. */
export function truthRows(simulator: Simulator, site: string, day: string): string[] {
  return Array.from(simulator.truth(site, day), ({ name, value, micros }) => {
    const iso = new Date(micros / 1000).toISOString().slice(0, 19);
    const fraction = String(micros % 1_000_000).padStart(6, "0");
    return JSON.stringify([name, value, fraction === "000000" ? iso : `${iso}.${fraction}`]);
  });
}
