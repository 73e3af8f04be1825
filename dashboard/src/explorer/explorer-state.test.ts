import { expect, test } from "vitest";
import { DAY_MS, dayStartMs, type UtcDay } from "../../../src/domain/day.ts";
import {
  type Chart,
  type ExplorerAction,
  intervalOf,
  NO_EXPLORER,
  proposedQueryUrl,
  reduceExplorer,
} from "./explorer-state.ts";

const day = "2024-01-05" as UtcDay;
const after = (...actions: ExplorerAction[]) => actions.reduce(reduceExplorer, NO_EXPLORER);
const requested: ExplorerAction = { type: "points-requested", site: "a", day };

test("the first point is shown over the day whose points are listed", () => {
  const explorer = after(
    requested,
    { type: "points", names: ["p"], meanings: new Map(), dayState: "present" },
    { type: "point", point: "p" },
  );
  expect(explorer.span).toEqual({ fromMs: dayStartMs(day), toMs: dayStartMs(day) + DAY_MS });
});

test("another point keeps the span", () => {
  const span = { fromMs: 0, toMs: DAY_MS };
  expect(after(requested, { type: "span", span }, { type: "point", point: "q" }).span).toEqual(span);
});

test("another site removes the chart: its points may have the same names", () => {
  const drawn = after(requested, { type: "point", point: "p" });
  expect(reduceExplorer(drawn, requested).point).toBe("p");
  expect(reduceExplorer(drawn, { ...requested, site: "b" })).toMatchObject({
    point: undefined,
    chart: undefined,
  });
});

test("opening a day from the calendar shows that day, whatever was shown before", () => {
  const later = "2024-06-01" as UtcDay;
  const before = after(requested, { type: "point", point: "p" });
  const opened = reduceExplorer(before, { type: "day", site: "a", day: later });
  expect(opened).toMatchObject({ point: undefined, span: undefined });
  expect(reduceExplorer(opened, { type: "point", point: "p" }).span?.fromMs).toBe(dayStartMs(later));
});

test("the chart of another span is removed when the new span can't be loaded", () => {
  const drawn = after(requested, { type: "point", point: "p" }, { type: "chart", chart: {} as Chart });
  const span = { fromMs: 0, toMs: DAY_MS };
  const failed: ExplorerAction = { type: "failed", what: "samples", error: "R2 can't be read" };
  expect([{ type: "span", span } as const, failed].reduce(reduceExplorer, drawn).chart).toBeUndefined();
  expect(reduceExplorer(drawn, { ...failed, what: "points" }).chart).toBeDefined();
});

test("an interval chosen by hand becomes auto when the span grows too long for it", () => {
  const week = { fromMs: 0, toMs: 7 * DAY_MS };
  const chosen = after({ type: "span", span: week }, { type: "interval", choice: "1min" });
  expect(intervalOf(chosen)).toBe("1min");
  const wide = reduceExplorer(chosen, { type: "span", span: { fromMs: 0, toMs: 400 * DAY_MS } });
  expect([wide.intervalChoice, intervalOf(wide)]).toEqual(["auto", "1day"]);
});

test("closing the access removes everything that was shown", () => {
  expect(after(requested, { type: "access", access: "closed", error: "Forbidden" })).toEqual({
    ...NO_EXPLORER,
    error: "Forbidden",
  });
});

test.for([
  ["https://building-vitals-backfill-dev.me.workers.dev", "https://building-vitals-query-dev.me.workers.dev"],
  ["http://127.0.0.1:8787", "http://127.0.0.1:8789"],
  ["http://127.0.0.1:9000", ""],
] as const)("beside %s the Query Worker is proposed at %s", ([origin, proposed]) => {
  expect(proposedQueryUrl(origin)).toBe(proposed);
});
