import { expect, test } from "vitest";
import { DAY_MS, dayStartMs, type UtcDay } from "../../../src/domain/day.ts";
import {
  type Chart,
  type ExplorerAction,
  explore,
  intervalOf,
  NO_EXPLORER,
  proposedQueryUrl,
} from "./explorer.ts";

const day = "2024-01-05" as UtcDay;
const after = (...actions: ExplorerAction[]) => actions.reduce(explore, NO_EXPLORER);
const asked: ExplorerAction = { type: "points-asked", site: "a", day };

test("a point that is chosen is first looked at over the day that it was found in", () => {
  const explorer = after(asked, { type: "points", names: ["p"] }, { type: "point", point: "p" });
  expect(explorer.span).toEqual({ fromMs: dayStartMs(day), toMs: dayStartMs(day) + DAY_MS });
});

test("another point keeps the span that is looked at", () => {
  const span = { fromMs: 0, toMs: DAY_MS };
  expect(after(asked, { type: "span", span }, { type: "point", point: "q" }).span).toEqual(span);
});

test("another site's list ends what is drawn: its points may have the same names", () => {
  const drawn = after(asked, { type: "point", point: "p" });
  expect(explore(drawn, asked).point).toBe("p");
  expect(explore(drawn, { ...asked, site: "b" })).toMatchObject({ point: undefined, chart: undefined });
});

test("whoever comes from a day of the calendar looks at that day, whatever was looked at before", () => {
  const later = "2024-06-01" as UtcDay;
  const before = after(asked, { type: "point", point: "p" });
  const come = explore(before, { type: "day", site: "a", day: later });
  expect(come).toMatchObject({ point: undefined, span: undefined });
  expect(explore(come, { type: "point", point: "p" }).span?.fromMs).toBe(dayStartMs(later));
});

test("what was drawn of another span is not left standing under one that can't be read", () => {
  const drawn = after(asked, { type: "point", point: "p" }, { type: "chart", chart: {} as Chart });
  const span = { fromMs: 0, toMs: DAY_MS };
  const refused: ExplorerAction = { type: "refused", what: "drawing", refusal: "R2 can't be read" };
  expect([{ type: "span", span } as const, refused].reduce(explore, drawn).chart).toBeUndefined();
  expect(explore(drawn, { ...refused, what: "listing" }).chart).toBeDefined();
});

test("an interval chosen by hand is given up where the span grows beyond it", () => {
  const week = { fromMs: 0, toMs: 7 * DAY_MS };
  const chosen = after({ type: "span", span: week }, { type: "choice", choice: "1min" });
  expect(intervalOf(chosen)).toBe("1min");
  const wide = explore(chosen, { type: "span", span: { fromMs: 0, toMs: 400 * DAY_MS } });
  expect([wide.choice, intervalOf(wide)]).toEqual(["auto", "1day"]);
});

test("whoever is locked out sees nothing of what was seen before", () => {
  expect(after(asked, { type: "access", access: "closed", refusal: "Forbidden" })).toEqual({
    ...NO_EXPLORER,
    refusal: "Forbidden",
  });
});

test.for([
  ["https://building-vitals-backfill-dev.me.workers.dev", "https://building-vitals-query-dev.me.workers.dev"],
  ["http://127.0.0.1:8787", "http://127.0.0.1:8789"],
  ["http://127.0.0.1:9000", ""],
] as const)("beside %s the Query Worker is proposed at %s", ([origin, proposed]) => {
  expect(proposedQueryUrl(origin)).toBe(proposed);
});
