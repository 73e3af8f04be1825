import { expect, test } from "vitest";
import { dayStartMs, type UtcDay } from "../../../src/domain/day.ts";
import { explorerCommands } from "./explorer-commands.ts";
import { type ExplorerAction, NO_EXPLORER, reduceExplorer } from "./explorer-state.ts";
import type { Span } from "./span.ts";

const day = "2024-01-05" as UtcDay;

/** Every request waits for its response by hand; an aborted request fails as that of fetch does. */
function openExplorer() {
  const stored = new Map([
    ["query-url", "https://query.test"],
    ["query-token", "s3cret"],
  ]);
  const waiting: { url: URL; answer(body: unknown): void }[] = [];
  const fetcher = ((url: string, init: RequestInit) =>
    new Promise<Response>((resolve, reject) => {
      init.signal?.addEventListener("abort", () => reject(new Error("aborted")));
      waiting.push({ url: new URL(url), answer: (body) => resolve(Response.json(body)) });
    })) as typeof fetch;
  let state = NO_EXPLORER;
  const store = {
    get state() {
      return state;
    },
    dispatch: (action: ExplorerAction) => {
      state = reduceExplorer(state, action);
    },
  };
  const commands = explorerCommands(store, {
    fetch: fetcher,
    storage: {
      getItem: (name) => stored.get(name) ?? null,
      setItem: (name, value) => void stored.set(name, value),
      removeItem: (name) => void stored.delete(name),
    },
    origin: "https://backfill.test",
    now: () => 0,
    sleep: async () => {},
  });
  commands.resume();
  return { commands, explorer: () => state, stored, waiting };
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
const pointsNamed = (...names: string[]) => ({ points: names.map((point_name) => ({ point_name })) });
const samplesOf = (value: number) => ({
  samples: [{ point_name: "p", timestamp: "2024-01-05T00:00:00.000Z", value }],
  metadata: { bytes_read: 0, r2_requests: 0, query_time_ms: 0, missing_days: [], next_cursor: null },
});

test("only the list that was requested last is shown, whichever response arrives first", async () => {
  const { commands, explorer, waiting } = openExplorer();
  void commands.listPoints("a", day);
  void commands.listPoints("b", day);
  waiting[1]?.answer(pointsNamed("of b"));
  waiting[0]?.answer(pointsNamed("of a"));
  await settled();
  expect(explorer()).toMatchObject({ site: "b", names: ["of b"], error: undefined });
});

test("a site without an archived day removes the list and the chart of the site before, and no late answer brings them back", async () => {
  const { commands, explorer, waiting } = openExplorer();
  void commands.listPoints("a", day);
  waiting[0]?.answer(pointsNamed("p"));
  await settled();
  void commands.choose({ type: "point", point: "p" });
  void commands.listPoints("a", day);
  void commands.listPoints("b", undefined);
  for (const request of waiting.slice(1)) request.answer({ ...pointsNamed("late"), ...samplesOf(9) });
  await settled();
  expect(explorer()).toMatchObject({
    ...{ site: "b", day: undefined, names: undefined, point: undefined, chart: undefined },
    ...{ loadingPoints: false, loadingSamples: false, error: undefined },
  });
});

test("a new chart aborts the request of the one before: neither its response nor its error is shown", async () => {
  const { commands, explorer, waiting } = openExplorer();
  void commands.listPoints("a", day);
  waiting[0]?.answer(pointsNamed("p"));
  await settled();
  void commands.choose({ type: "point", point: "p" });
  void commands.choose({ type: "agg", agg: "max" });
  await settled();
  expect(explorer()).toMatchObject({ loadingSamples: true, error: undefined });
  waiting[2]?.answer(samplesOf(2));
  await settled();
  expect(explorer()).toMatchObject({
    loadingSamples: false,
    chart: { site: "a", agg: "max", series: { values: [2] } },
  });
});

test("listing another site aborts the chart that is loading", async () => {
  const { commands, explorer, waiting } = openExplorer();
  void commands.listPoints("a", day);
  waiting[0]?.answer(pointsNamed("p"));
  await settled();
  void commands.choose({ type: "point", point: "p" });
  void commands.listPoints("b", day);
  waiting[1]?.answer(samplesOf(1));
  await settled();
  expect(explorer().chart).toBeUndefined();
});

test("signing out removes the token, and responses that arrive later are not shown", async () => {
  const { commands, explorer, stored, waiting } = openExplorer();
  void commands.listPoints("a", day);
  commands.signOut();
  waiting[0]?.answer(pointsNamed("p"));
  await settled();
  expect(explorer().names).toBeUndefined();
  expect([...stored.keys()]).toEqual(["query-url"]);
});

test("two fast clicks move the span twice, though nothing was drawn between them", async () => {
  const { commands, explorer, waiting } = openExplorer();
  void commands.listPoints("a", day);
  waiting[0]?.answer(pointsNamed("p"));
  await settled();
  void commands.choose({ type: "point", point: "p" });
  const later = ({ fromMs, toMs }: Span) => ({ fromMs: fromMs + 1_000, toMs: toMs + 1_000 });
  void commands.moveSpan(later);
  void commands.moveSpan(later);
  expect(explorer().span?.fromMs).toBe(dayStartMs(day) + 2_000);
});
