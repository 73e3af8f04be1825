import { expect, test } from "vitest";
import { syncStatus } from "../../../test/support/http/etl-views.ts";
import { syncCommands } from "./sync-commands.ts";
import { NO_SYNC, reduceSync, type SyncAction } from "./sync-state.ts";

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** Responds with `replies`, one after another; the last one repeats. A sleep ends with `wake`. */
function opened(origin: string, replies: (() => Response)[], stored = new Map<string, string>()) {
  const requested: string[] = [];
  const slept: number[] = [];
  let wake = () => {};
  let sync = NO_SYNC;
  const fetcher = (async (url: string) => {
    const reply = replies[Math.min(requested.length, replies.length - 1)];
    requested.push(url);
    return reply?.() ?? Response.error();
  }) as typeof fetch;
  const commands = syncCommands(
    {
      dispatch(action: SyncAction) {
        sync = reduceSync(sync, action);
      },
    },
    {
      fetch: fetcher,
      storage: {
        getItem: (name) => stored.get(name) ?? null,
        setItem: (name, value) => void stored.set(name, value),
        removeItem: (name) => void stored.delete(name),
      },
      origin,
      now: () => 1_000,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          slept.push(ms);
          wake = resolve;
          signal?.addEventListener("abort", () => resolve());
        }),
    },
  );
  return { commands, requested, slept, stored, wake: () => wake(), sync: () => sync };
}

const status = syncStatus();
const ok = () => Response.json(status);
const LOCAL = "http://127.0.0.1:8787";

test("a session follows the likely address, and stores it once it has responded", async () => {
  const page = opened(LOCAL, [ok]);
  page.commands.resume();
  await settled();
  expect(page.sync()).toEqual({
    url: "http://127.0.0.1:8790",
    status,
    receivedAt: 1_000,
    error: undefined,
  });
  expect(page.stored.get("etl-url")).toBe("http://127.0.0.1:8790");
  page.wake();
  await settled();
  expect(page.requested).toEqual(Array(2).fill("http://127.0.0.1:8790/status"));
  expect(page.slept).toEqual([10_000, 10_000]);
});

test("where no address is likely or stored, nothing is requested", async () => {
  const page = opened("https://archive.example.com", [ok]);
  page.commands.resume();
  await settled();
  expect([page.requested, page.sync()]).toEqual([[], NO_SYNC]);
});

test("an address that was entered replaces the one that is followed, and is found again after a reload", async () => {
  const page = opened(LOCAL, [ok]);
  page.commands.resume();
  page.commands.connect("https://etl.test");
  await settled();
  expect(page.sync().url).toBe("https://etl.test");
  const reloaded = opened(LOCAL, [ok], page.stored);
  reloaded.commands.resume();
  await settled();
  expect(reloaded.requested).toEqual(["https://etl.test/status"]);
});

test("an address that never responded is asked less often, is not stored, and names what to check", async () => {
  const down = () => {
    throw new TypeError("down");
  };
  const page = opened(LOCAL, [down, () => Response.json({ service: "another" })]);
  page.commands.resume();
  await settled();
  expect(page.sync().error).toBe(
    "The Worker can't be reached. Check the URL, and that its ALLOWED_ORIGINS includes http://127.0.0.1:8787.",
  );
  page.wake();
  await settled();
  expect(page.sync().error).toBe("The response is not from the ETL Sync Worker.");
  expect([page.slept, page.stored.size]).toEqual([[60_000, 60_000], 0]);
});

test("a failure after a response keeps what was shown", async () => {
  const page = opened(LOCAL, [ok, () => Response.json({ error: "Internal error" }, { status: 500 })]);
  page.commands.resume();
  await settled();
  page.wake();
  await settled();
  expect(page.sync()).toMatchObject({ status, error: "Internal error." });
  expect(page.slept).toEqual([10_000, 10_000]);
});

test("with the session the requests end", async () => {
  const page = opened(LOCAL, [ok]);
  page.commands.resume();
  await settled();
  page.commands.stop();
  await settled();
  expect(page.requested).toHaveLength(1);
});
