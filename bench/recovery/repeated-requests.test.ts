import { expect, it } from "vitest";
import { requestsSince } from "./repeated-requests.ts";

const page = (window: number, timestamp?: string, atMs = 0) => {
  const cursor = timestamp && `&cursor=${encodeURIComponent(btoa(JSON.stringify({ offset: 0, timestamp })))}`;
  const target = `/api/sites/a/timeseries/paginated?start_time=${window}&end_time=${window + 1}${cursor ?? ""}`;
  return { kind: "samples" as const, target, atMs };
};

it("a request at a position that was requested before the kill is repeated, in its own window alone", () => {
  const arrivals = [
    page(1),
    page(1, "T01"),
    page(2),
    page(1, "T01"),
    page(2),
    page(1, "T02", 7),
    page(2, "T01", 8),
  ];
  expect(requestsSince(arrivals, 3, undefined)).toEqual({ repeated: 2, firstNewMs: 7 });
});

it("a window that was not begun is new, and what follows the next kill does not count", () => {
  const arrivals = [page(1), page(3, undefined, 5), page(1), page(1)];
  expect(requestsSince(arrivals, 1, 3)).toEqual({ repeated: 1, firstNewMs: 5 });
});

it("the list of points is repeated, and there may be no new page yet", () => {
  const points = { kind: "points" as const, target: "/api/sites/a/configured_points?page=1", atMs: 1 };
  expect(requestsSince([points, page(1), points, page(1)], 2, undefined)).toEqual({
    repeated: 2,
    firstNewMs: undefined,
  });
});
