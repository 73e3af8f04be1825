import { expect, test } from "vitest";
import type { UtcDay } from "../../../src/domain/day.ts";
import { openPage } from "../store/store.ts";
import { followAddress } from "./address.ts";

const DAY = "2024-01-05" as UtcDay;
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

/** A page with a history, whose Worker has the sites a and b. */
async function openAt(hash: string) {
  const history: string[] = [hash];
  let at = 0;
  const fetcher = (async (url: string) =>
    url.includes("/start")
      ? Response.json({ requests_per_minute: 50, sites: [{ site: "a" }, { site: "b" }] })
      : new Promise(() => {})) as typeof fetch;
  const storage = { getItem: () => null, setItem: () => {}, removeItem: () => {} };
  const sleep = () => new Promise<void>(() => {});
  let now = 0;
  const browser = { fetch: fetcher, storage, origin: "", now: () => now, sleep };
  const page = openPage(browser, "backfill", () => address.changed());
  const address = followAddress(page, {
    read: () => history[at] ?? "",
    write(written, how) {
      if (how === "push") history.splice(++at, history.length, written);
      else history[at] = written;
    },
  });
  const signIn = async () => {
    await page.session.signIn("t");
    await settled();
  };
  return {
    ...{ page, history, signIn, state: () => page.store.state },
    back() {
      at -= 1;
      address.restore();
    },
    wait(ms: number) {
      now += ms;
      page.store.dispatch({ type: "tick", now });
    },
    choose: page.store.dispatch,
  };
}

test("a reload shows what was open, once the operator is signed in", async () => {
  const hash =
    "#explorer?day=2024-01-05&day_site=b&from=2024-01-01&to=2024-01-31&site=a&points_site=a&point=p";
  const { page, signIn, state, history } = await openAt(hash);
  expect(state().day.siteDay).toBeUndefined();
  await signIn();
  expect(state()).toMatchObject({
    view: "explorer",
    day: { siteDay: { site: "b", day: DAY } },
    plan: { range: { from: "2024-01-01", to: "2024-01-31", sites: ["a"] } },
    explorer: { site: "a", point: "p" },
  });
  expect(history).toEqual([hash]);
  page.session.signOut();
  expect(history).toEqual([""]);
});

test("Back closes a day that was opened, and goes back to the view before", async () => {
  const { signIn, choose, back, state, history } = await openAt("");
  await signIn();
  choose({ type: "open-day", siteDay: { site: "a", day: DAY } });
  choose({ type: "view", view: "explorer" });
  expect(history).toHaveLength(3);
  back();
  expect(state()).toMatchObject({ view: "backfill", day: { siteDay: { site: "a", day: DAY } } });
  back();
  expect(state().day.siteDay).toBeUndefined();
  expect(history).toHaveLength(3);
});

test("what is typed or dragged adds no steps", async () => {
  const { signIn, choose, history } = await openAt("");
  await signIn();
  for (const to of ["2024-01-06", "2024-01-07", "2024-01-08"] as UtcDay[])
    choose({ type: "select", selection: { from: DAY, to, sites: ["a"] } });
  expect(history).toEqual(["#backfill?from=2024-01-05&to=2024-01-08&site=a"]);
});

test("a zoom is a step, and zooms that follow each other at once are one", async () => {
  const { signIn, choose, wait, history } = await openAt("#explorer?points_site=a&point=p");
  await signIn();
  const zoom = (toMs: number) =>
    choose({ type: "explorer", action: { type: "span", span: { fromMs: 0, toMs } } });
  zoom(1e9);
  wait(100);
  zoom(1e8);
  wait(5_000);
  zoom(1e7);
  expect(history).toHaveLength(3);
});

test("an address with junk opens the page, and is corrected", async () => {
  const { page, signIn, state, history } = await openAt("#explorer?day=x&day_site=a&points_site=unknown");
  await signIn();
  expect(state()).toMatchObject({ view: "explorer", day: { siteDay: undefined }, session: { kind: "open" } });
  expect(history).toEqual(["#explorer"]);
  page.session.signOut("The API key is no longer accepted.");
  expect(history).toEqual(["#explorer"]);
});
