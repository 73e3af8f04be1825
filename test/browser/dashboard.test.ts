import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { QueryClient } from "../../client/client.ts";
import { QUERY_TOKEN, TOKEN, World } from "../system/fixture.ts";
import {
  axeViolations,
  CHROMIUM,
  chooseDays,
  hasChromium,
  openChromium,
  openExplorer,
  positionOf,
  signIn,
  widthOf,
} from "./chromium.ts";

if (!hasChromium) {
  console.warn(
    `\nSKIPPED: the dashboard in a browser. There is no Chromium at ${CHROMIUM}; on Debian: apt-get install chromium\n`,
  );
}

/** The tests run in order: each continues where the one before left the page. */
describe.skipIf(!hasChromium)("an operator at the dashboard", () => {
  let world: World;
  let browser: Browser;
  let page: Page;
  let queryWorker: Promise<void>;
  /** Errors of the page's console, which lists what its content security policy blocks. */
  const errors: string[] = [];

  const heading = (name: string) => page.getByRole("heading", { name, exact: false });
  const failing = {
    on: "samples",
    site: "b",
    day: "2024-01-04",
    effect: { do: "status", status: 422 },
  } as const;

  const toFetch = () => page.locator("div:has(> dt:text-is('Site-days to fetch')) dd");

  beforeAll(async () => {
    const small = { pointsPerSite: 20, samplesPerDay: 600 };
    const sites = [
      { name: "a", ...small, emptyDays: ["2024-01-03"] },
      { name: "b", ...small },
    ];
    [world, browser] = await Promise.all([World.open({ sites }), openChromium()]);
    // Only the last tests need it.
    queryWorker = world.startQueryWorker({ ALLOWED_ORIGINS: world.url });
    queryWorker.catch(() => {});
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    page.setDefaultTimeout(60_000);
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(error.message));
    await page.clock.install();
  });
  afterAll(async () => {
    await browser?.close();
    await queryWorker?.catch(() => {});
    await world?.close();
  });

  test("the page asks for the API key, rejects a wrong one, and stores it only in this tab's session", async () => {
    await page.goto(`${world.url}/dashboard`);
    expect(await axeViolations(page)).toEqual([]);
    await signIn(page, "wrong");
    await page.getByRole("alert").getByText("Forbidden").waitFor();
    await expect.poll(() => errors).toEqual([expect.stringContaining("403")]);
    errors.length = 0;
    await signIn(page, TOKEN);
    await heading("No backfill yet").waitFor();
    expect(await page.evaluate("({ ...sessionStorage })")).toEqual({ "backfill-token": TOKEN });
    expect(await page.evaluate("localStorage.length + document.cookie.length")).toBe(0);
    expect(page.url()).toBe(`${world.url}/dashboard/`);
    expect(await axeViolations(page)).toEqual([]);
  });

  test("a range dragged over two sites is estimated", async () => {
    // The year of a selected range is shown.
    await chooseDays(page, "2024-01-02", "2024-01-02");
    const [from, to] = [await positionOf(page, "a", "2024-01-01"), await positionOf(page, "b", "2024-01-06")];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await page.mouse.up();
    await page.getByText("Days to fetch").waitFor();
    expect(await page.getByLabel("First day").inputValue()).toBe("2024-01-01");
    expect(await page.getByLabel("Last day").inputValue()).toBe("2024-01-06");
    expect(await toFetch().textContent()).toBe("12");
    expect(await axeViolations(page)).toEqual([]);
  });

  test("by keyboard a range grows with Shift, and Enter estimates it", async () => {
    await page.getByRole("grid", { name: "Days of b" }).focus();
    await page.keyboard.press("Home");
    for (let week = 0; week < 2; week++) await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Enter");
    // The estimate of the range before is shown until the new range is drawn.
    await toFetch().getByText("15", { exact: true }).waitFor();
    expect(await page.getByLabel("Last day").inputValue()).toBe("2024-01-15");
    const included = page.getByRole("checkbox", { name: "a", exact: true });
    expect(await included.isChecked()).toBe(false);
    await page.keyboard.press("Escape");
    await expect.poll(() => included.isChecked()).toBe(true);
  });

  test("a started backfill is shown live, and cancelled only after a confirmation", async () => {
    world.sim.faults.add(failing);
    // The vendor's pause and its slow responses keep both sites running while a busy machine checks the page.
    const pause = { do: "throttle", retryAfter: { form: "seconds", seconds: 20 } } as const;
    world.sim.set({ latency: { ms: 3_000 } });
    world.sim.faults.add({ on: "samples", site: "a", day: "2024-01-02", times: 1, effect: pause });
    await chooseDays(page, "2024-01-01", "2024-01-06");
    await page.getByRole("checkbox", { name: "a", exact: true }).check();
    await page.getByRole("checkbox", { name: "b", exact: true }).check();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    // One word for the backfill, its badge, its site and its day.
    await heading("Throttled 2024-01-01 to 2024-01-06").waitFor();
    await page.getByText(/^throttled, \d+ s left$/).waitFor();
    await page.locator('.state[data-state="throttled"]').first().waitFor();
    await page.locator('.connection[data-kind="live"]').getByText("Live", { exact: true }).waitFor();
    expect(await axeViolations(page)).toEqual([]);

    await page.getByRole("button", { name: "Cancel …" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect((await world.client.status()).status).toBe("in_progress");
    await page.getByRole("button", { name: "Cancel …" }).click();
    await page.getByRole("button", { name: "Cancel the backfill" }).click();
    await heading("Cancelled").waitFor();
    expect((await world.client.status()).status).toBe("cancelled");
    world.sim.set({ latency: { ms: 0 } });
  });

  test("it is resumed to its end, and a failed day shows why", async () => {
    await page.getByRole("button", { name: "Resume" }).click();
    // The rest of the pause is part of this time.
    await heading("Partly completed").waitFor({ timeout: 90_000 });
    await page.getByRole("button", { name: "b 2024-01-04" }).click();
    const day = page.getByRole("region", { name: "2024-01-04 b" });
    await day.getByText("answered 422").first().waitFor();
    await day.getByRole("listitem").first().waitFor();
    expect(await day.textContent()).not.toMatch(/verified|correct/i);
    expect(await axeViolations(page)).toEqual([]);
  });

  test("a failed day is retried, and then verified against R2", async () => {
    world.sim.faults.clear();
    await page.getByRole("button", { name: "Retry this day" }).click();
    // Not "Partly completed", as before.
    await page.getByRole("heading", { name: /^Completed 2024-01-01/ }).waitFor();
    const day = page.getByRole("region", { name: "2024-01-04 b" });
    await day.getByText("Evidence").waitFor();
    expect(await page.getByRole("heading", { name: "Failed site-days" }).count()).toBe(0);
    await day.getByText("Not verified yet.").waitFor();
    await day.getByRole("button", { name: "Read and recount" }).click();
    await page.getByText("No problem found in 1 file of b: every byte and row was read.").waitFor();
    await day.getByText("Every byte and row was read and is correct").waitFor();
    const [view] = await world.client.days("?site=b&from=2024-01-04&to=2024-01-04");
    expect(await day.locator("tr:has(th:text-is('written')) td").textContent()).toBe(String(view?.records));
    expect(await axeViolations(page)).toEqual([]);
  });

  test("from a day to its samples: a point is found, drawn, and zoomed into", async () => {
    await queryWorker;
    await page.getByRole("button", { name: "Show samples" }).click();
    await openExplorer(page, world.queryUrl, QUERY_TOKEN);
    const { points } = await new QueryClient(world.queryUrl, QUERY_TOKEN).points("b", "2024-01-04");
    const busiest = points.reduce((most, point) => (point.count > most.count ? point : most)).point_name;
    await page.getByLabel("Search").fill(busiest);
    await page.getByRole("button", { name: busiest }).click();
    await page.getByRole("img", { name: `${busiest}, avg by 1min: ` }).waitFor();
    const box = await page.locator(".u-over").boundingBox();
    if (!box) throw new Error("the chart is not drawn");
    expect(await axeViolations(page)).toEqual([]);
    await page.mouse.move(box.x + box.width * 0.4, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 50, { steps: 3 });
    await page.mouse.up();
    // A fifth of a day: raw samples.
    await page.getByRole("img", { name: `${busiest}, samples: ` }).waitFor();
    await page.getByRole("button", { name: "Week" }).click();
    await page.getByRole("img", { name: `${busiest}, avg by 5min: ` }).waitFor();
  });

  test("on a phone and in dark mode everything is readable, and nothing is wider than the screen", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: "dark" });
    for (const [view, shown] of [
      ["Explorer", "Find a point"],
      ["Backfill", "Completed 2024-01-01"],
    ] as const) {
      await page.getByRole("link", { name: view }).click();
      await heading(shown).waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await expect.poll(() => widthOf(page)).toBe(360);
    }
  });

  test("a reload keeps the session, and signing out removes both keys", async () => {
    await page.reload();
    await heading("Completed 2024-01-01").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("API key of the Backfill Worker").waitFor();
    expect(await page.evaluate("({ ...sessionStorage })")).toEqual({ "query-url": world.queryUrl });
    await signIn(page, TOKEN);
    await heading("Completed 2024-01-01").waitFor();
  });

  test("the policy blocked nothing in all these tests; without the Worker the connection is said to be lost", async () => {
    expect(errors).toEqual([]);
    await world.stopWorker();
    await page.getByText("Connection lost, retrying").waitFor();
    await heading("Completed 2024-01-01").waitFor();
  });
});
