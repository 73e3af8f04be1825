/**
 * `npm run screenshots` takes the pictures of docs/images, of a backfill on the real stack and of live data; with the
 * argument `live` only the latter.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { QueryClient } from "../../client/client.ts";
import { QUERY_TOKEN, TOKEN, World } from "../system/fixture.ts";
import { chooseDays, openChromium, openExplorer, signIn } from "./chromium.ts";
import { takeLiveScreenshots } from "./live-screenshots.ts";

const IMAGES = join(import.meta.dirname, "../../docs/images");
const BUILDING = { pointsPerSite: 120, samplesPerDay: 24_000 };

async function main(): Promise<void> {
  mkdirSync(IMAGES, { recursive: true });
  const browser = await openChromium();
  try {
    await takeLiveScreenshots(browser, IMAGES);
    if (process.argv[2] !== "live") await takeBackfillScreenshots(browser);
  } finally {
    await browser.close();
  }
}

async function takeBackfillScreenshots(browser: Browser): Promise<void> {
  const world = await World.open({
    sites: [
      { name: "ses_falls_city", ...BUILDING, emptyDays: ["2024-01-20", "2024-01-21"] },
      { name: "building_a", ...BUILDING },
    ],
  });
  try {
    await world.startQueryWorker({ ALLOWED_ORIGINS: world.url });
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1.5 });
    await takeScreenshots(world, page);
    const phone = {
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 1.5,
      isMobile: true,
      hasTouch: true,
    };
    await takePhoneScreenshot(world, await browser.newPage(phone));
  } finally {
    await world.close();
  }
}

/** Waits two frames, after which the drawing is on the screen. */
const settled = (page: Page) =>
  page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");

const shot = (page: Page, name: string) => page.screenshot({ path: join(IMAGES, `dashboard-${name}.png`) });

async function takeScreenshots(world: World, page: Page): Promise<void> {
  const failed = { on: "samples", site: "building_a", day: "2024-01-11" } as const;
  world.sim.faults.add({ ...failed, effect: { do: "status", status: 422, body: "json" } });
  await page.goto(`${world.url}/dashboard/`);
  await signIn(page, TOKEN);
  await chooseDays(page, "2024-01-01", "2024-02-29");
  await page.getByRole("button", { name: "Estimate" }).click();
  await page.getByText("Days to fetch").waitFor();
  await shot(page, "plan");

  await page.getByRole("button", { name: "Start", exact: true }).click();
  await world.client.until((status) => status.days_completed + status.days_failed >= 50, 180_000);
  await page.getByRole("button", { name: "building_a 2024-01-11" }).click();
  await page.getByRole("listitem").filter({ hasText: "422" }).first().waitFor();
  await page.getByText("Loading …").waitFor({ state: "detached" });
  await page.evaluate("scrollTo(0, 0)");
  await shot(page, "running");
  await world.client.settled(180_000);
  await page.getByRole("heading", { name: "Partly completed" }).waitFor();
  await page.getByText("59 completed, 1 failed").waitFor();
  await page.emulateMedia({ colorScheme: "dark" });
  await page.evaluate("scrollTo(0, 0)");
  await shot(page, "dark");
  await page.emulateMedia({ colorScheme: "light" });

  await explore(world, page);
}

async function takePhoneScreenshot(world: World, page: Page): Promise<void> {
  await page.goto(`${world.url}/dashboard/`);
  await signIn(page, TOKEN);
  await page.getByText("59 completed, 1 failed").waitFor();
  await page.evaluate("scrollTo(0, 0)");
  await shot(page, "phone");
}

async function explore(world: World, page: Page): Promise<void> {
  await page.getByRole("link", { name: "Explorer" }).click();
  await openExplorer(page, world.queryUrl, QUERY_TOKEN);
  await page.getByRole("button", { name: "List points" }).click();
  const site = "ses_falls_city";
  const { points } = await new QueryClient(world.queryUrl, QUERY_TOKEN).points(site, "2024-02-29");
  const temperatures = points.filter(({ point_name }) => /temp/i.test(point_name));
  const busiest = temperatures.reduce((most, point) => (point.count > most.count ? point : most)).point_name;
  await page.getByLabel("Search").fill("temp");
  await page.getByRole("button", { name: busiest }).click();
  await page.getByRole("button", { name: "Month" }).click();
  const chart = page.getByRole("img", { name: `${busiest}, avg by 1hr` });
  // The chart library is loaded after the text.
  await chart.locator("canvas").hover({ force: true });
  await settled(page);
  await shot(page, "explorer");
}

await main();
