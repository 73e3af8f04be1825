import type { Arrival } from "../../simulator/server/server.ts";

/** The requests between two kills. */
export interface Since {
  /** Requests at a position that was requested before the first kill, and for the list of points. */
  readonly repeated: number;
  /** When the first request arrived at a later position of its window, or for a window that was not begun; undefined: not yet. */
  readonly firstNewMs: number | undefined;
}

/** Which of the arrivals from number `since` to number `until` repeat earlier ones. Pure. */
export function requestsSince(
  arrivals: readonly Pick<Arrival, "kind" | "target" | "atMs">[],
  since: number,
  until: number | undefined,
): Since {
  const furthest = new Map<string, string>();
  for (const { kind, target } of arrivals.slice(0, since)) {
    if (kind !== "samples") continue;
    const { window, position } = positionOf(target);
    if (position >= (furthest.get(window) ?? "")) furthest.set(window, position);
  }
  let repeated = 0;
  let firstNewMs: number | undefined;
  for (const { kind, target, atMs } of arrivals.slice(since, until)) {
    const { window, position } = positionOf(target);
    const known = furthest.get(window);
    if (kind !== "samples" || (known !== undefined && position <= known)) repeated += 1;
    else firstNewMs ??= atMs;
  }
  return { repeated, firstNewMs };
}

/** The window of a request, and the timestamp at which its page begins; "" for a window's first page. */
function positionOf(target: string): { readonly window: string; readonly position: string } {
  const query = new URL(target, "http://simulator").searchParams;
  const cursor = query.get("cursor");
  const timestamp: string = cursor === null ? "" : JSON.parse(atob(cursor)).timestamp;
  return { window: `${query.get("start_time")} ${query.get("end_time")}`, position: timestamp };
}
