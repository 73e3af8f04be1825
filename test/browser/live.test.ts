import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { siteView, statusOf } from "../support/dashboard-status.ts";
import { siteSync, syncStatus } from "../support/http/etl-views.ts";
import { axeViolations, hasChromium, openChromium, signIn, widthOf } from "./chromium.ts";
import { FakeEtlServer } from "./fake-etl-server.ts";
import { FAKE_TOKEN, FakeWorker } from "./fake-worker.ts";
import { liveStatus } from "./live-status.ts";

const LONG = "a_site_with_a_name_of_sixty-four_letters_and_not_a_single_space__";

describe.skipIf(!hasChromium)("live data on the dashboard", () => {
  let browser: Browser;
  let page: Page;
  let worker: FakeWorker;
  let etl: FakeEtlServer;
  const errors: string[] = [];

  const panel = (site: string) => page.getByRole("region", { name: site, exact: true });

  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    errors.length = 0;
    worker = await FakeWorker.open(["a"]);
    worker.status = statusOf([siteView()]);
    etl = await FakeEtlServer.open(worker.url);
    etl.etl.current = liveStatus(LONG);
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    page.setDefaultTimeout(60_000);
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await page.clock.install();
    await page.goto(`${worker.url}/dashboard/#live`);
    await signIn(page, FAKE_TOKEN);
  });
  afterEach(async () => {
    await page.close();
    etl.close();
    worker.close();
  });

  async function connect(): Promise<void> {
    await page.getByLabel("URL of the ETL Sync Worker").fill(etl.url);
    await page.getByRole("button", { name: "Connect" }).click();
    await page
      .getByRole("heading", { name: /^Live data/ })
      .getByText(/newest sample/)
      .waitFor();
  }

  test("each site has a panel: state, age of the newest sample, windows as bars, days and errors", async () => {
    await connect();
    const site = panel("ses_falls_city");
    await site.getByText("current", { exact: true }).waitFor();
    expect(await site.locator("div:has(> dt:text-is('Newest sample')) dd").textContent()).toMatch(
      /^\d+ min \d+ s ago$/,
    );
    const chart = site.getByRole("img", { name: /^Samples in windows of 15 minutes/ });
    expect(await chart.getAttribute("aria-label")).toContain("the newest window is not over");
    expect(await chart.locator("rect").count()).toBe(24);
    await site.getByText("Windows as a table").click();
    expect(await site.getByRole("row").count()).toBe(25);
    await panel("building_a").getByText("The API refuses access to site building_a").waitFor();
    await panel(LONG).getByText("2025-10-12: archive, failed 3 times").waitFor();
    await panel(LONG).getByText("2 recent errors").click();
    await panel(LONG).getByText("the API answered 503").first().waitFor();
    await page.getByText("No live data").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    expect([errors, new Set(etl.tokens)]).toEqual([[], new Set([undefined])]);
  });

  test("ages go on between two statuses, and a Worker that does not respond is said to be silent", async () => {
    await connect();
    const age = () =>
      panel("ses_falls_city").locator("div:has(> dt:text-is('Newest sample')) dd").textContent();
    const before = await age();
    await page.clock.runFor(2_000);
    expect(await age()).not.toBe(before);
    etl.etl.fault = new Error("down");
    await page.clock.runFor(11_000);
    await page.getByText("No response from the ETL Sync Worker.").waitFor();
    // The header says the same while the Backfill Worker's stream is opened again: its clock went on, too.
    await page
      .getByRole("main")
      .getByText(/The values shown are \d+ s old/)
      .waitFor();
    await panel("ses_falls_city").waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  test("the view of the backfill shows alerts of the live sync, and leads to it", async () => {
    await connect();
    await page.getByRole("link", { name: "Backfill", exact: true }).click();
    await page.getByText("Archiving fails").waitFor();
    const summary = page.getByText(/^Live data: 1 site current, 1 halted, 1 catching-up/);
    await summary.waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await summary.getByRole("link").click();
    await panel("ses_falls_city").waitFor();
    await page.reload();
    // The tab stores the address.
    await panel("ses_falls_city").waitFor();
    expect(page.url()).toBe(`${worker.url}/dashboard/#live`);
  });

  test("an origin that the Worker does not allow is named, and nothing else is lost", async () => {
    const other = await FakeEtlServer.open("https://elsewhere.example.com");
    await page.getByLabel("URL of the ETL Sync Worker").fill(other.url);
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByRole("alert").getByText(`ALLOWED_ORIGINS includes ${worker.url}`).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    other.close();
  });

  test("on a phone and in dark mode nothing is wider than the screen", async () => {
    await connect();
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await axeViolations(page)).toEqual([]);
    await expect.poll(() => widthOf(page)).toBe(360);
    etl.etl.current = syncStatus({ sites: [siteSync({ recent_windows: [], hot_days: [], due_days: [] })] });
    await page.clock.runFor(11_000);
    await page.getByText("No window has been read yet.").waitFor();
    await expect.poll(() => widthOf(page)).toBe(360);
  });
});
