import { expect, test } from "vitest";
import type { UtcDay } from "../../../src/domain/day.ts";
import { initialState } from "../state/state.ts";
import { openStore } from "../state/store.ts";
import { explorerCommandsOf } from "./commands.ts";

const day = "2024-01-05" as UtcDay;

/** Every question waits until it is answered by hand; an aborted one fails, as fetch does it. */
function openExplorer() {
  const kept = new Map([
    ["query-url", "https://query.test"],
    ["query-token", "s3cret"],
  ]);
  const waiting: { url: URL; answer(body: unknown): void }[] = [];
  const fetcher = ((url: string, init: RequestInit) =>
    new Promise<Response>((resolve, reject) => {
      init.signal?.addEventListener("abort", () => reject(new Error("aborted")));
      waiting.push({ url: new URL(url), answer: (body) => resolve(Response.json(body)) });
    })) as typeof fetch;
  const store = openStore(initialState(0, "explorer"), () => {});
  const commands = explorerCommandsOf(store, {
    fetch: fetcher,
    keep: {
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => void kept.set(name, value),
      removeItem: (name) => void kept.delete(name),
    },
    origin: "https://backfill.test",
    now: () => 0,
    sleep: async () => {},
  });
  commands.resume();
  return { commands, explorer: () => store.state.explorer, kept, waiting };
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
const pointsNamed = (...names: string[]) => ({ points: names.map((point_name) => ({ point_name })) });
const samplesOf = (value: number) => ({
  samples: [{ point_name: "p", timestamp: "2024-01-05T00:00:00.000Z", value }],
  metadata: { bytes_read: 0, r2_requests: 0, query_time_ms: 0, missing_days: [], next_cursor: null },
});

test("a list that was asked for before the last one is not shown, whichever answer comes first", async () => {
  const { commands, explorer, waiting } = openExplorer();
  void commands.listPoints("a", day);
  void commands.listPoints("b", day);
  waiting[1]?.answer(pointsNamed("of b"));
  waiting[0]?.answer(pointsNamed("of a"));
  await settled();
  expect(explorer()).toMatchObject({ site: "b", names: ["of b"], refusal: undefined });
});

test("a chart that is asked for ends the one before: neither its answer nor its end is shown", async () => {
  const { commands, explorer, waiting } = openExplorer();
  void commands.listPoints("a", day);
  waiting[0]?.answer(pointsNamed("p"));
  await settled();
  void commands.change({ type: "point", point: "p" });
  void commands.change({ type: "agg", agg: "max" });
  await settled();
  expect(explorer()).toMatchObject({ drawing: true, refusal: undefined });
  waiting[2]?.answer(samplesOf(2));
  await settled();
  expect(explorer()).toMatchObject({
    drawing: false,
    chart: { site: "a", agg: "max", series: { values: [2] } },
  });
});

test("another site's list ends the chart that is still asked for", async () => {
  const { commands, explorer, waiting } = openExplorer();
  void commands.listPoints("a", day);
  waiting[0]?.answer(pointsNamed("p"));
  await settled();
  void commands.change({ type: "point", point: "p" });
  void commands.listPoints("b", day);
  waiting[1]?.answer(samplesOf(1));
  await settled();
  expect(explorer().chart).toBeUndefined();
});

test("with the session the key goes, and what is still asked for is not shown to whoever comes next", async () => {
  const { commands, explorer, kept, waiting } = openExplorer();
  void commands.listPoints("a", day);
  commands.forget();
  waiting[0]?.answer(pointsNamed("p"));
  await settled();
  expect(explorer().names).toBeUndefined();
  expect([...kept.keys()]).toEqual(["query-url"]);
});
