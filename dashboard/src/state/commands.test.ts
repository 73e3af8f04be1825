import { expect, test } from "vitest";
import type { UtcDay } from "../../../src/domain/day.ts";
import { siteView, statusOf } from "../../../test/support/dashboard-status.ts";
import { commandsOf } from "./commands.ts";
import { Session } from "./session.ts";
import { initialState } from "./state.ts";
import { openStore } from "./store.ts";

type Replies = Record<string, (sent: { readonly token: string }) => unknown>;

const plan = { requests_per_minute: 50, sites: [{ site: "a" }] };
const running = statusOf();
const cancelled = statusOf([siteView({ state: "cancelled" })], { status: "cancelled" });
const event = (status: unknown) => `event: status\ndata: ${JSON.stringify(status)}\n\n`;
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

/** A page whose Worker answers by path; its stream is written by hand. */
function openPage(replies: Replies = {}) {
  const kept = new Map<string, string>();
  const asked: string[] = [];
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
    asked.push(path);
    const token = String(new Headers(init.headers).get("Authorization")).slice(7);
    const reply = await (replies[path] ?? usual[path])?.({ token });
    return reply instanceof Response ? reply : Response.json(reply);
  }) as typeof fetch;
  const around = {
    fetch: fetcher,
    keep: {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
      removeItem: (name: string) => void kept.delete(name),
    },
    origin: "",
    now: () => 0,
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve())),
  };
  let ends = 0;
  const store = openStore(initialState(0, "backfill"), () => {});
  const session = new Session(store, around, () => {
    ends += 1;
  });
  return {
    asked,
    commands: commandsOf(store, session, around),
    ends: () => ends,
    kept,
    say: async (status: unknown) => {
      stream?.enqueue(new TextEncoder().encode(event(status)));
      await settled();
    },
    session,
    state: () => store.state,
  };
}

const refusal = () => Response.json({ error: "Forbidden" }, { status: 403 });

test("a cancel that is seen before the stream tells it makes the days old all the same", async () => {
  const page = openPage({ "/backfill/status": () => cancelled });
  await page.session.signIn("t");
  await settled();
  await page.say(running);
  page.asked.length = 0;
  await page.commands.cancel();
  await settled();
  expect(page.state().live.status?.status).toBe("cancelled");
  expect(page.asked).toEqual(["/backfill/cancel", "/backfill/status", "/backfill/days"]);
  page.session.signOut();
});

test("a status that was looked for does not take the place of one that the stream told meanwhile", async () => {
  let answer = (_: unknown) => {};
  const page = openPage({
    "/backfill/status": () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  await page.session.signIn("t");
  await settled();
  await page.say(running);
  const order = page.commands.cancel();
  await settled();
  await page.say(cancelled);
  answer(running);
  await order;
  expect(page.state().live.status?.status).toBe("cancelled");
  page.session.signOut();
});

test("an order that is given twice before it is answered is one", async () => {
  const page = openPage();
  await page.session.signIn("t");
  await Promise.all([page.commands.cancel(), page.commands.cancel()]);
  expect(page.asked.filter((path) => path === "/backfill/cancel")).toHaveLength(1);
  page.session.signOut();
});

test("a refusal that comes when somebody else has signed in says nothing of them", async () => {
  let refuse = () => {};
  const page = openPage({
    "/backfill/cancel": () =>
      new Promise((resolve) => {
        refuse = () => resolve(refusal());
      }),
  });
  await page.session.signIn("old");
  const order = page.commands.cancel();
  page.session.signOut();
  await page.session.signIn("new");
  refuse();
  await order;
  expect(page.state().session.kind).toBe("open");
  expect(page.state().notice).toBeUndefined();
  expect(page.kept.get("backfill-token")).toBe("new");
  page.session.signOut();
});

test("a token is forgotten where it is refused, with all that its session knew, and kept where nobody answers", async () => {
  let away = true;
  const page = openPage({
    "/backfill/start": () => {
      if (away) throw new Error("down");
      return refusal();
    },
  });
  page.kept.set("backfill-token", "t");
  await page.session.resume();
  expect(page.state().session).toMatchObject({ kind: "locked", why: expect.stringContaining("reload") });
  expect([page.kept.get("backfill-token"), page.ends()]).toEqual(["t", 0]);
  away = false;
  await page.session.resume();
  expect(page.state().session).toEqual({ kind: "locked", why: "Forbidden" });
  expect([page.kept.size, page.ends()]).toEqual([0, 1]);
});

test("errors of a day that can't be read say why, and are not awaited for ever", async () => {
  const page = openPage({ "/backfill/errors": () => Response.json({ error: "Moved" }, { status: 503 }) });
  await page.session.signIn("t");
  const place = { site: "a", day: "2024-01-05" as UtcDay };
  await page.commands.openDay(place);
  await page.commands.readErrors(place);
  expect(page.state().day.errors).toBe("Moved");
  page.session.signOut();
});
