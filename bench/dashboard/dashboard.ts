/**
 * `npm run bench:dashboard` measures the frames of the calendar with 10 sites × 3 years. The page is the built one; the
 * Worker is fake, because a backfill of that size takes hours.
 */
import type { Page } from "playwright-core";
import { daysOf, type UtcDay } from "../../src/domain/day.ts";
import { openChromium, positionOf, signIn } from "../../test/browser/chromium.ts";
import { FAKE_TOKEN, FakeWorker } from "../../test/browser/fake-worker.ts";
import { dayView, siteView, statusOf } from "../../test/support/dashboard-status.ts";

const SITES = Array.from({ length: 10 }, (_, index) => `site_${index}`);
const DAYS = daysOf("2022-01-01" as UtcDay, "2024-12-31" as UtcDay);
/** The interval at which the Worker's stream checks for a change. */
const STATUS_MS = 2_000;
const STATUSES = ["completed", "completed", "completed", "empty", "failed", "pending", "running"] as const;

/** Changes the counts every time, so that the days of every site are loaded and drawn again. */
let statuses = 0;
function status() {
  statuses += 1;
  const views = SITES.map((site) =>
    siteView({ site, days_completed: statuses, current_date: DAYS[700 + statuses] ?? null }),
  );
  return statusOf(views, { start_date: "2024-01-01", end_date: "2024-12-31" });
}

function daysOfSite(site: string, from: string | null, to: string | null) {
  return DAYS.filter((day) => (!from || day >= from) && (!to || day <= to)).map((day, index) =>
    dayView(day, STATUSES[index % STATUSES.length] ?? "pending", { site }),
  );
}

/** Records the duration of each frame. */
const COUNT_FRAMES = `
  window.frames_ms = [];
  let last = performance.now();
  requestAnimationFrame(function next(now) {
    frames_ms.push(now - last);
    last = now;
    requestAnimationFrame(next);
  });
`;

/** Milliseconds between frames during `act`. */
async function framesDuring(page: Page, act: () => Promise<void>): Promise<string> {
  await page.evaluate("frames_ms.splice(0)");
  await act();
  const frames = ((await page.evaluate("frames_ms.splice(0)")) as number[]).sort((a, b) => a - b);
  const at = (share: number) => (frames[Math.floor((frames.length - 1) * share)] ?? 0).toFixed(1);
  return `${frames.length} frames, median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`;
}

async function main(): Promise<void> {
  const worker = await FakeWorker.open(SITES);
  worker.days = daysOfSite;
  const browser = await openChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${worker.url}/dashboard/`);
  const began = performance.now();
  worker.status = status();
  await signIn(page, FAKE_TOKEN);
  await page
    .getByText("completed, ")
    .nth(SITES.length - 1)
    .waitFor();
  console.log(`${SITES.length} sites × ${DAYS.length} days`);
  console.log(`drawn after   ${(performance.now() - began).toFixed(0)} ms, ${await nodesOf(page)} nodes`);
  await page.evaluate(COUNT_FRAMES);
  const sending = setInterval(() => worker.send(status()), STATUS_MS);
  console.log(`following     ${await framesDuring(page, () => page.waitForTimeout(9_000))}`);
  console.log(`scrolling     ${await framesDuring(page, () => scroll(page))}`);
  console.log(`dragging      ${await framesDuring(page, () => drag(page))}`);
  await browser.close();
  clearInterval(sending);
  worker.close();
}

const nodesOf = (page: Page) => page.evaluate("document.querySelectorAll('*').length");

async function scroll(page: Page): Promise<void> {
  for (let step = 0; step < 60; step++) await page.mouse.wheel(0, 120);
  for (let step = 0; step < 60; step++) await page.mouse.wheel(0, -120);
}

async function drag(page: Page): Promise<void> {
  const from = await positionOf(page, "site_0", "2022-02-01");
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 500, from.y, { steps: 60 });
  await page.mouse.up();
}

await main();
