/**
 * `npm run bench:dashboard`: whether the calendar of 10 sites × 3 years stays smooth. The page is the real one; the
 * answers are made up, for a ledger of that size takes hours.
 */
import type { Page } from "playwright-core";
import { daysOf, type UtcDay } from "../../src/domain/day.ts";
import { openChromium, placeOf, signIn } from "../../test/browser/chromium.ts";
import { MADE_UP_TOKEN, MadeUpWorker } from "../../test/browser/made-up-worker.ts";
import { dayView, siteView, statusOf } from "../../test/support/dashboard-status.ts";

const SITES = Array.from({ length: 10 }, (_, index) => `site_${index}`);
const DAYS = daysOf("2022-01-01" as UtcDay, "2024-12-31" as UtcDay);
/** As often as the Worker's stream looks for a change. */
const TELLING_MS = 2_000;
const STATUSES = ["completed", "completed", "completed", "empty", "failed", "pending", "running"] as const;

/** Other counts every time, so that every site is asked for its days and drawn again. */
let turn = 0;
function status() {
  turn += 1;
  const views = SITES.map((site) =>
    siteView({ site, days_completed: turn, current_date: DAYS[700 + turn] ?? null }),
  );
  return statusOf(views, { start_date: "2024-01-01", end_date: "2024-12-31" });
}

function daysAsked(site: string, from: string | null, to: string | null) {
  return DAYS.filter((day) => (!from || day >= from) && (!to || day <= to)).map((day, index) =>
    dayView(day, STATUSES[index % STATUSES.length] ?? "pending", { site }),
  );
}

/** Takes down how long each frame lasts, from now on. */
const COUNT_FRAMES = `
  window.frames_ms = [];
  let last = performance.now();
  requestAnimationFrame(function next(now) {
    frames_ms.push(now - last);
    last = now;
    requestAnimationFrame(next);
  });
`;

/** Milliseconds from frame to frame while `act` goes on. */
async function framesDuring(page: Page, act: () => Promise<void>): Promise<string> {
  await page.evaluate("frames_ms.splice(0)");
  await act();
  const frames = ((await page.evaluate("frames_ms.splice(0)")) as number[]).sort((a, b) => a - b);
  const at = (share: number) => (frames[Math.floor((frames.length - 1) * share)] ?? 0).toFixed(1);
  return `${frames.length} frames, median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`;
}

async function main(): Promise<void> {
  const worker = await MadeUpWorker.open(SITES);
  worker.days = daysAsked;
  const browser = await openChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${worker.url}/dashboard/`);
  const began = performance.now();
  worker.status = status();
  await signIn(page, MADE_UP_TOKEN);
  await page
    .getByText("completed, ")
    .nth(SITES.length - 1)
    .waitFor();
  console.log(`${SITES.length} sites × ${DAYS.length} days`);
  console.log(`drawn after   ${(performance.now() - began).toFixed(0)} ms, ${await nodesOf(page)} nodes`);
  await page.evaluate(COUNT_FRAMES);
  const telling = setInterval(() => worker.say(status()), TELLING_MS);
  console.log(`following     ${await framesDuring(page, () => page.waitForTimeout(9_000))}`);
  console.log(`scrolling     ${await framesDuring(page, () => scroll(page))}`);
  console.log(`dragging      ${await framesDuring(page, () => drag(page))}`);
  await browser.close();
  clearInterval(telling);
  worker.close();
}

const nodesOf = (page: Page) => page.evaluate("document.querySelectorAll('*').length");

async function scroll(page: Page): Promise<void> {
  for (let step = 0; step < 60; step++) await page.mouse.wheel(0, 120);
  for (let step = 0; step < 60; step++) await page.mouse.wheel(0, -120);
}

async function drag(page: Page): Promise<void> {
  const from = await placeOf(page, "site_0", "2022-02-01");
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 500, from.y, { steps: 60 });
  await page.mouse.up();
}

await main();
