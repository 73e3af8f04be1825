import { expect, test } from "vitest";
import type { UtcDay } from "../../../src/domain/day.ts";
import { siteView, statusOf } from "../../../test/support/dashboard-status.ts";
import { backfillCommands } from "./backfill-commands.ts";
import { initialState } from "./page-state.ts";
import { openStore } from "./reduce.ts";
import { Session } from "./session.ts";

type Replies = Record<string, (sent: { readonly token: string }) => unknown>;

const plan = { requests_per_minute: 50, sites: [{ site: "a" }] };
const running = statusOf();
const cancelled = statusOf([siteView({ state: "cancelled" })], { status: "cancelled" });
const event = (status: unknown) => `event: status\ndata: ${JSON.stringify(status)}\n\n`;
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

/** A page whose Worker responds by path; the test writes its stream. */
function openPage(replies: Replies = {}) {
  const stored = new Map<string, string>();
  const requested: string[] = [];
  let stream: ReadableStreamDefaultController | undefined;
  const usual: Replies = {
    "/backfill/start": () => plan,
    "/backfill/days": () => ({ days: [] }),
    "/backfill/status": () => running,
    "/backfill/events": () =>
      new Response(
        new ReadableStream({
          start(controller) {
            stream = controller;
          },
        }),
      ),
    "/backfill/cancel": () => ({ message: "Cancelled", sites_stopping: [] }),
  };
  const fetcher = (async (input: string, init: RequestInit) => {
    const path = input.replace(/\?.*/, "");
    requested.push(path);
    const token = String(new Headers(init.headers).get("Authorization")).slice(7);
    const reply = await (replies[path] ?? usual[path])?.({ token });
    return reply instanceof Response ? reply : Response.json(reply);
  }) as typeof fetch;
  const browser = {
    fetch: fetcher,
    storage: {
      getItem: (name: string) => stored.get(name) ?? null,
      setItem: (name: string, value: string) => void stored.set(name, value),
      removeItem: (name: string) => void stored.delete(name),
    },
    origin: "",
    now: () => 0,
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve())),
  };
  let ends = 0;
  const store = openStore(initialState(0, "backfill"), () => {});
  const session = new Session(store, browser, {
    onOpen: () => {},
    onEnd() {
      ends += 1;
    },
  });
  return {
    requested,
    commands: backfillCommands(store, session, browser),
    ends: () => ends,
    stored,
    send: async (status: unknown) => {
      stream?.enqueue(new TextEncoder().encode(event(status)));
      await settled();
    },
    session,
    state: () => store.state,
  };
}

const forbidden = () => Response.json({ error: "Forbidden" }, { status: 403 });

test("a cancel loads the days again, also when its status arrives before the stream reports it", async () => {
  const page = openPage({ "/backfill/status": () => cancelled });
  await page.session.signIn("t");
  await settled();
  await page.send(running);
  page.requested.length = 0;
  await page.commands.cancel();
  await settled();
  expect(page.state().live.status?.status).toBe("cancelled");
  expect(page.requested).toEqual(["/backfill/cancel", "/backfill/status", "/backfill/days"]);
  page.session.signOut();
});

test("a requested status does not replace a newer status of the stream", async () => {
  let answer = (_: unknown) => {};
  const page = openPage({
    "/backfill/status": () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  await page.session.signIn("t");
  await settled();
  await page.send(running);
  const order = page.commands.cancel();
  await settled();
  await page.send(cancelled);
  answer(running);
  await order;
  expect(page.state().live.status?.status).toBe("cancelled");
  page.session.signOut();
});

test("a command that is given twice before its response is sent once", async () => {
  const page = openPage();
  await page.session.signIn("t");
  await Promise.all([page.commands.cancel(), page.commands.cancel()]);
  expect(page.requested.filter((path) => path === "/backfill/cancel")).toHaveLength(1);
  page.session.signOut();
});

test("a command that is given during another is sent after the response to it, unless the session ends", async () => {
  let respond = () => {};
  const page = openPage({
    "/backfill/cancel": () =>
      new Promise((resolve) => {
        respond = () => resolve({ message: "Cancelled", sites_stopping: [] });
      }),
    "/backfill/retry": () => ({ days: 1 }),
  });
  const retries = () => page.requested.filter((path) => path === "/backfill/retry").length;
  await page.session.signIn("t");
  const cancel = page.commands.cancel();
  const retry = page.commands.retry({});
  await settled();
  expect([retries(), page.state().notice?.text]).toEqual([0, "Cancelling …"]);
  respond();
  await Promise.all([cancel, retry]);
  expect([retries(), page.state().notice?.tone]).toEqual([1, "done"]);

  const ended = [page.commands.cancel(), page.commands.retry({})];
  await settled();
  page.session.signOut();
  await page.session.signIn("t");
  respond();
  await Promise.all(ended);
  expect([retries(), page.state().notice]).toEqual([1, undefined]);
  page.session.signOut();
});

test("an error response does not reach the next session", async () => {
  let reject = () => {};
  const page = openPage({
    "/backfill/cancel": () =>
      new Promise((resolve) => {
        reject = () => resolve(forbidden());
      }),
  });
  await page.session.signIn("old");
  const order = page.commands.cancel();
  page.session.signOut();
  await page.session.signIn("new");
  reject();
  await order;
  expect(page.state().session.kind).toBe("open");
  expect(page.state().notice).toBeUndefined();
  expect(page.stored.get("backfill-token")).toBe("new");
  page.session.signOut();
});

test("a rejected token is removed with everything of its session, and a token without a response is kept", async () => {
  let unreachable = true;
  const page = openPage({
    "/backfill/start": () => {
      if (unreachable) throw new Error("down");
      return forbidden();
    },
  });
  page.stored.set("backfill-token", "t");
  await page.session.resume();
  expect(page.state().session).toMatchObject({ kind: "locked", why: expect.stringContaining("reload") });
  expect([page.stored.get("backfill-token"), page.ends()]).toEqual(["t", 0]);
  unreachable = false;
  await page.session.resume();
  expect(page.state().session).toEqual({ kind: "locked", why: "Forbidden" });
  expect([page.stored.size, page.ends()]).toEqual([0, 1]);
});

test("errors of a day that can't be loaded show why, and don't stay loading", async () => {
  const page = openPage({ "/backfill/errors": () => Response.json({ error: "Moved" }, { status: 503 }) });
  await page.session.signIn("t");
  const siteDay = { site: "a", day: "2024-01-05" as UtcDay };
  await page.commands.openDay(siteDay);
  await page.commands.readErrors(siteDay);
  expect(page.state().day.errors).toBe("Moved");
  page.session.signOut();
});

test("a day that is opened is loaded again, since its roll-ups may have been made", async () => {
  let rolled_up = false;
  const page = openPage({
    "/backfill/days": () => ({ days: [{ site: "a", date: "2024-01-05", rolled_up }] }),
  });
  const siteDay = { site: "a", day: "2024-01-05" as UtcDay };
  await page.session.signIn("t");
  await settled();
  rolled_up = true;
  await page.commands.openDay(siteDay);
  await settled();
  expect(page.state().calendar.days.get("a")?.get(siteDay.day)?.rolled_up).toBe(true);
  page.session.signOut();
});
