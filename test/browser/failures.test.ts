import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dayView, siteView, statusOf } from "../support/dashboard-status.ts";
import {
  axeViolations,
  chooseDays,
  drawn,
  hasChromium,
  openChromium,
  openExplorer,
  positionOf,
  signIn,
  widthOf,
} from "./chromium.ts";
import { FAKE_TOKEN, FakeWorker } from "./fake-worker.ts";

/** The focused element as a screen reader names it; "nowhere" is the top of the page. */
const FOCUSED = `(() => {
  const at = document.activeElement;
  if (at === document.body) return "nowhere";
  return at.getAttribute("aria-label") ?? at.labels?.[0]?.textContent ?? at.querySelector("h2")?.textContent ?? at.textContent;
})()`;

/** Draws nothing until DRAW. Frames that were requested before are drawn. */
const HOLD_FRAMES = `new Promise((held) => {
  requestAnimationFrame(held);
  window.held = [];
  window.requestAnimationFrame = (draw) => window.held.push(draw);
})`;
const DRAW = "window.held.splice(0).forEach((draw) => draw(performance.now()))";

/** The elements that have an outline, which marks the focus. */
const OUTLINED = `[...document.querySelectorAll("body *")]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }) && getComputedStyle(element).outlineStyle !== "none")
  .map((element) => element.tagName)`;

const LONG = "a_site_with_a_name_of_sixty-four_letters_and_not_a_single_space__";
const running = statusOf([siteView(), siteView({ site: LONG })]);

describe.skipIf(!hasChromium)("the dashboard when something fails", () => {
  let browser: Browser;
  let page: Page;
  let worker: FakeWorker;

  const focused = () => page.evaluate(FOCUSED);
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const heading = (name: string) => page.getByRole("heading", { name });

  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    worker = await FakeWorker.open(["a", LONG]);
    worker.status = running;
    worker.days = (site) => [dayView("2024-01-02", "completed", { site }), failedDay(site)];
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(60_000);
    await page.goto(`${worker.url}/dashboard/`);
  });
  afterEach(async () => {
    await page.close();
    worker.close();
  });

  async function open(): Promise<void> {
    await signIn(page, FAKE_TOKEN);
    await heading("Running").waitFor();
    await page.getByText("1 completed, 1 failed").nth(1).waitFor();
  }

  test("due days are shown apart from the backfill, and only where there are any", async () => {
    await open();
    expect(await heading("Due days").count()).toBe(0);
    const site = {
      ...{ site: "a", days_total: 2, days_published: 1, days_failed: 1, last_error: "HTTP 404" },
      ...{ current_date: null, phase: null, pages: 0, halt_reason: null },
    };
    worker.send({ ...running, due: { paused: false, sites: [site] } });
    await heading("Due days").waitFor();
    await page.getByText("1 of 2 archived, 1 failed: HTTP 404").waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  test("the keyboard focus never goes back to the top of the page", async () => {
    expect(await focused()).toBe("API key of the Backfill Worker");
    await page.keyboard.type("wrong");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("Forbidden").waitFor();
    expect(await focused()).toBe("Sign in");
    await page.getByLabel("API key").fill(FAKE_TOKEN);
    await button("Sign in").press("Enter");
    await heading("Running").waitFor();
    expect(await focused()).not.toBe("nowhere");

    await button("Estimate").press("Enter");
    await page.getByText("Days to fetch").waitFor();
    expect(await focused()).toBe("Estimate");
    await button("Cancel …").press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await focused()).toBe("Cancel …");
    worker.send({ ...running, status: "cancelled" });
    await heading("Cancelled").waitFor();
    expect(await focused()).toMatch(/^Cancelled/);
  });

  test("while a date is typed, years of unfinished dates are not drawn", async () => {
    await open();
    const first = page.getByLabel("First day");
    await first.focus();
    await page.keyboard.type("03052023", { delay: 20 });
    expect(await first.inputValue()).toBe("2023-03-05");
    await page.getByRole("grid", { name: "Days of a", exact: true }).locator("canvas").nth(1).waitFor();
    expect(await page.locator("canvas").count()).toBe(4);
    // 31 February is invalid, and the page is drawn before the day is typed.
    await first.fill("2024-01-31");
    await page.getByLabel("Last day").focus();
    await first.focus();
    await page.keyboard.type("02");
    await page.waitForTimeout(1_300);
    await page.keyboard.type("10");
    expect(await first.inputValue()).toBe("2024-02-10");
  });

  test("a date that is typed faster than the page is drawn stays as it is typed", async () => {
    await open();
    await page.evaluate(HOLD_FRAMES);
    const first = page.getByLabel("First day");
    await first.focus();
    await page.keyboard.type("03052");
    // What was 5 March is drawn while its year is typed.
    await page.evaluate(DRAW);
    expect(await first.inputValue()).toBe("0002-03-05");
    await first.fill("2023-03-05");
    await page.getByLabel("Last day").focus();
    expect(await first.inputValue()).toBe("2023-03-05");
    await page.evaluate(DRAW);
    expect(await first.inputValue()).toBe("2023-03-05");
    await first.fill("");
    await page.getByLabel("Last day").focus();
    expect(await first.inputValue()).toBe("2023-03-05");
  });

  test("fields that are filled faster than the page is drawn all count", async () => {
    await open();
    await page.evaluate(HOLD_FRAMES);
    await chooseDays(page, "2024-02-01", "2024-02-06");
    await page.getByRole("checkbox", { name: LONG }).dispatchEvent("click");
    await button("Estimate").dispatchEvent("click");
    await expect
      .poll(() => worker.requests.filter((request) => request.includes("force_restart")))
      .toContain(
        'POST /backfill/start {"start_date":"2024-02-01","end_date":"2024-02-06","sites":["a"],"force_restart":false,"dry_run":true}',
      );
  });

  test("after sign-in there is no ring around the page, and a control still shows its focus", async () => {
    await page.getByLabel("API key").fill(FAKE_TOKEN);
    await page.keyboard.press("Enter");
    await heading("Running").waitFor();
    expect(await focused()).not.toBe("nowhere");
    expect(await page.evaluate(OUTLINED)).toEqual([]);
    await button("Sign out").focus();
    expect(await page.evaluate(OUTLINED)).toEqual(["BUTTON"]);
  });

  test("a drag that ends outside of the calendar selects its range, and is over", async () => {
    await open();
    const [from, to] = [await positionOf(page, "a", "2024-02-05"), await positionOf(page, "a", "2024-03-04")];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 3 });
    await page.mouse.move(to.x, 5);
    await page.mouse.up();
    await page.getByText("Days to fetch").waitFor();
    const last = await page.getByLabel("Last day").inputValue();
    await page.mouse.move(from.x, from.y + 14, { steps: 3 });
    await page.locator(".tooltip").getByText("2024-02-06").waitFor();
    await drawn(page);
    expect(await page.getByLabel("Last day").inputValue()).toBe(last);
  });

  test("an API key that is rejected during a session locks the page, and another key opens it", async () => {
    await open();
    worker.token = "another";
    worker.breakStreams();
    await page
      .getByRole("alert")
      .getByText(/no longer accepted|Forbidden/)
      .waitFor();
    expect(await focused()).toBe("API key of the Backfill Worker");
    expect(await page.evaluate("sessionStorage.length")).toBe(0);
    await signIn(page, "another");
    await heading("Running").waitFor();
    expect(worker.requests.join()).not.toMatch(/fake-token|another/);
  });

  test("an open day that fails again in another job shows the new failure and its errors", async () => {
    await open();
    await button("a 2024-01-04").click();
    await page.getByText("None.").waitFor();
    const failure = { reason: "upload", message: "R2 was unreachable", at: "2024-06-02T00:00:00Z" };
    worker.days = (site) => [dayView("2024-01-04", "failed", { site, attempts: 2, failure })];
    worker.errors = [{ ...ERROR, error: "R2 was unreachable (put)" }];
    worker.send({ ...running, backfill_id: "backfill_2" });
    const day = page.getByRole("region", { name: "2024-01-04 a" });
    await day.getByText("upload: R2 was unreachable").waitFor();
    await day.getByText("R2 was unreachable (put)").waitFor();
  });

  test("a site shows why its days can't be loaded, until they are", async () => {
    worker.faults.set("/backfill/days", { status: 503, body: { error: "The object moves" } });
    await signIn(page, FAKE_TOKEN);
    await page.getByText("These days could not be loaded. The object moves").first().waitFor();
    worker.faults.clear();
    await page.getByText("1 completed, 1 failed").nth(1).waitFor();
    expect(await page.getByText("could not be loaded").count()).toBe(0);
  });

  test("switching views leaves no stream, picture or dialog behind", async () => {
    await open();
    await button("a 2024-01-04").click();
    await page.getByRole("region", { name: "2024-01-04 a" }).waitFor();
    for (let turn = 0; turn < 10; turn++) {
      await page.getByRole("link", { name: "Explorer" }).click();
      await heading("Sign in to the Query Worker").waitFor();
      await page.getByRole("link", { name: "Backfill" }).click();
      await heading("Running").waitFor();
    }
    expect(await focused()).toBe("Backfill");
    // Also where a stream was silent for too long, and is opened again.
    await expect.poll(() => worker.streams).toBe(1);
    expect(await page.locator("canvas").count()).toBe(2);
    await button("Sign out").click();
    await expect.poll(() => worker.streams).toBe(0);
  });

  const listings = () => worker.requests.filter((request) => request.includes("/timeseries/points"));
  const listing = (day: string) => `GET /timeseries/points site_name=${LONG}&date=${day}`;

  test("the listed points are those of the chosen day, also when the page is drawn in between", async () => {
    await open();
    await page.getByRole("link", { name: "Explorer" }).click();
    await openExplorer(page, worker.url, FAKE_TOKEN);
    await page.getByLabel("Site").selectOption(LONG);
    // Of two requests on their way, the later may arrive first.
    await expect.poll(listings).toEqual([listing("2024-01-02")]);
    await page.getByLabel("Day").fill("2024-03-09");
    await page.waitForTimeout(1_300);
    await expect.poll(() => listings().at(-1)).toBe(listing("2024-03-09"));
  });

  test("a site and a day that are chosen faster than the page is drawn both count", async () => {
    await open();
    await page.getByRole("link", { name: "Explorer" }).click();
    await openExplorer(page, worker.url, FAKE_TOKEN);
    await page.getByLabel("Site").waitFor();
    await page.evaluate(HOLD_FRAMES);
    await page.getByLabel("Site").selectOption(LONG);
    await expect.poll(listings).toEqual([listing("2024-01-02")]);
    await page.getByLabel("Day").fill("2024-01-04");
    await expect.poll(listings).toEqual([listing("2024-01-02"), listing("2024-01-04")]);
    await button("List points").dispatchEvent("click");
    await expect.poll(() => listings().length).toBe(3);
    expect(listings().at(-1)).toBe(listing("2024-01-04"));
    await page.evaluate(DRAW);
    expect(await page.getByLabel("Site").inputValue()).toBe(LONG);
    expect(await page.getByLabel("Day").inputValue()).toBe("2024-01-04");
  });

  test("another site is listed at once, and nothing of the site before stays", async () => {
    worker.points = ["p/meter"];
    worker.samples = [{ point_name: "p/meter", timestamp: "2024-01-02T06:00:00.000Z", value: 21 }];
    await open();
    await page.getByRole("link", { name: "Explorer" }).click();
    await openExplorer(page, worker.url, FAKE_TOKEN);
    await button("List points").click();
    await button("p/meter").click();
    await page.getByRole("img", { name: "p/meter" }).waitFor();
    worker.points = ["p/other"];
    await page.getByLabel("Site").selectOption(LONG);
    await button("p/other").waitFor();
    expect(await page.getByRole("img", { name: "p/meter" }).count()).toBe(0);
  });

  test("a day says what it is under the pointer and under the keyboard's cursor", async () => {
    await open();
    const tooltip = page.locator(".tooltip");
    const { x, y } = await positionOf(page, "a", "2024-01-04");
    await page.mouse.move(x, y);
    await tooltip.getByText("Thu 2024-01-04").waitFor();
    expect(await tooltip.textContent()).toMatch(/failed: vendor-fault: <b>HTTP 500/);
    await page.mouse.move(x - 14, y);
    await tooltip.waitFor({ state: "detached" });
    await page.getByRole("grid", { name: "Days of a", exact: true }).focus();
    await page.keyboard.press("Home");
    await tooltip.getByText("Mon 2024-01-01").waitFor();
    expect(await tooltip.textContent()).toContain("not requested");
    await page.keyboard.press("ArrowDown");
    await tooltip.getByText("completed, 1,234 samples").waitFor();
    await page.keyboard.press("Escape");
    await tooltip.waitFor({ state: "detached" });
  });

  test("a reload shows the same, and Back goes back", async () => {
    worker.points = ["p/meter", "p/other"];
    worker.samples = [{ point_name: "p/meter", timestamp: "2024-01-02T06:00:00.000Z", value: 21 }];
    await open();
    const day = page.getByRole("region", { name: "2024-01-04 a" });
    await button("a 2024-01-04").click();
    await day.getByText("vendor-fault").waitFor();
    await page.getByRole("link", { name: "Explorer" }).click();
    await openExplorer(page, worker.url, FAKE_TOKEN);
    await button("List points").click();
    await button("p/meter").click();
    const chart = page.getByRole("img", { name: "p/meter" });
    await chart.waitFor();
    expect(page.url()).not.toContain(FAKE_TOKEN);
    await page.reload();
    await chart.waitFor();
    await button("p/other").waitFor();
    // Before the point the list was chosen, and before it the view.
    await page.goBack();
    await page.getByText("Choose a point to see its samples.").waitFor();
    await page.goBack();
    await page.goBack();
    await day.getByText("vendor-fault").waitFor();
    await page.goBack();
    await day.waitFor({ state: "detached" });
    await page.goForward();
    await day.getByText("vendor-fault").waitFor();
  });

  test("failed site-days have their own part of the bar, and are no progress", async () => {
    const sites = [siteView({ days_total: 4, days_completed: 3, days_failed: 1 }), siteView({ site: LONG })];
    worker.status = statusOf(sites, { days_total: 4, days_completed: 3, days_failed: 1 });
    await open();
    const bar = page.getByRole("progressbar", { name: "Site-days of the backfill" });
    expect(await bar.getAttribute("aria-valuenow")).toBe("3");
    expect(await bar.getAttribute("aria-valuetext")).toBe("3 of 4 site-days, 1 failed");
    const widths = `[...document.querySelectorAll(".bar .progress span")].map((part) => part.style.width)`;
    expect(await page.evaluate(widths)).toEqual(["75%", "25%"]);
    await page.getByText("3 of 4 site-days, 1 failed").waitFor();
  });

  test("a point without samples in the range is named, with points of similar names to choose instead", async () => {
    worker.points = ["site/ahu-1/temp", "site/ahu-2/temp", "site/meter"];
    worker.samples = [{ point_name: "site/ahu-2/temp", timestamp: "2024-01-02T06:00:00.000Z", value: 21 }];
    await open();
    await page.getByRole("link", { name: "Explorer" }).click();
    await openExplorer(page, worker.url, FAKE_TOKEN);
    await button("List points").click();
    await button("site/ahu-1/temp").click();
    await page
      .getByText("site/ahu-1/temp has no samples from 2024-01-02 00:00:00 UTC to 2024-01-03 00:00:00 UTC.")
      .waitFor();
    expect(await axeViolations(page)).toEqual([]);
    const chart = page.getByRole("region", { name: "Chart" });
    await chart.getByRole("button", { name: "site/ahu-2/temp" }).click();
    await page.getByRole("img", { name: "site/ahu-2/temp, avg by 1min: 1 value from 21 to 21" }).waitFor();

    await page.getByRole("searchbox", { name: "Search" }).fill("site/metr");
    await page.getByText("0 points").waitFor();
    await button("site/meter").waitFor();
  });

  test("names and reasons of any length stay inside the page, at every width, as text", async () => {
    const alerts = [{ ...ALERT, message: "12 of 90 finished site-days failed" }];
    worker.status = { ...running, alerts };
    await open();
    await button(`${LONG} 2024-01-04`).click();
    await page
      .getByRole("region", { name: `2024-01-04 ${LONG}` })
      .getByText("vendor-fault")
      .waitFor();
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 740 });
      await expect.poll(() => widthOf(page)).toBe(width);
    }
    expect(await page.locator("main img, main b").count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
  });
});

const ERROR = { backfill_id: "backfill_2", timestamp: "2024-06-02T00:00:00Z", stack: "", context: {} };

const ALERT = {
  alert: "high_error_rate",
  since: "2024-06-01T00:00:00Z",
  site: null,
  date: null,
  phase: null,
  backfill_id: "backfill_1",
  value: 13,
  threshold: 10,
} as const;

function failedDay(site: string) {
  const message = `<b>HTTP 500</b> <img src=x> ${"x".repeat(500)}`;
  const failure = { reason: "vendor-fault", message, at: "2024-06-01T00:00:00Z" };
  return dayView("2024-01-04", "failed", { site, failure });
}
