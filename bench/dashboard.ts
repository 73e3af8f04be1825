/**
 * `npm run bench:dashboard`: whether the calendar of 10 sites × 3 years stays smooth. The page is the real one; the
 * answers are made up, for a ledger of that size takes hours.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { dayView, siteView, statusOf } from "../dashboard/src/progress/status.fixture.ts";
import { daysOf, type UtcDay } from "../src/domain/day.ts";
import { openChromium, placeOf, signIn } from "../test/browser/chromium.ts";

const ASSETS = join(import.meta.dirname, "../workers/assets");
const SITES = Array.from({ length: 10 }, (_, index) => `site_${index}`);
const DAYS = daysOf("2022-01-01" as UtcDay, "2024-12-31" as UtcDay);
const STATUSES = ["completed", "completed", "completed", "empty", "failed", "pending", "running"] as const;
const TYPES: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css" };

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://bench");
  const file = pathname === "/dashboard/" ? "/dashboard/index.html" : pathname;
  const type = TYPES[file.replace(/.*\./, "")] ?? "image/svg+xml";
  response.writeHead(200, { "content-type": type }).end(readFileSync(join(ASSETS, file)));
});

/** Other counts every time, so that every site is asked for its days and drawn again. */
let turn = 0;
function status() {
  turn += 1;
  const views = SITES.map((site) =>
    siteView({ site, days_completed: turn, current_date: DAYS[700 + turn] ?? null }),
  );
  return statusOf(views, { start_date: "2024-01-01", end_date: "2024-12-31" });
}

async function answer(page: Page): Promise<void> {
  const plan = { requests_per_minute: 50, sites: SITES.map((site) => ({ site })) };
  await page.route("**/backfill/start", (route) => route.fulfill({ json: plan }));
  await page.route("**/backfill/status", (route) => route.fulfill({ json: status() }));
  // No stream: it polls.
  await page.route("**/backfill/events", (route) => route.fulfill({ status: 503, json: {} }));
  await page.route("**/backfill/days?*", (route) => {
    const query = new URL(route.request().url()).searchParams;
    const [site = "", from, to] = ["site", "from", "to"].map((name) => query.get(name) ?? undefined);
    const asked = DAYS.filter((day) => (!from || day >= from) && (!to || day <= to));
    const days = asked.map((day, index) =>
      dayView(day, STATUSES[index % STATUSES.length] ?? "pending", { site }),
    );
    return route.fulfill({ json: { count: days.length, days } });
  });
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
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await openChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await answer(page);
  await page.goto(`${url}/dashboard/`);
  const began = performance.now();
  await signIn(page, "token");
  await page.waitForFunction("document.body.innerText.split('completed, ').length > 10");
  console.log(`${SITES.length} sites × ${DAYS.length} days`);
  console.log(`drawn after   ${(performance.now() - began).toFixed(0)} ms, ${await nodesOf(page)} nodes`);
  await page.evaluate(COUNT_FRAMES);
  console.log(`polling       ${await framesDuring(page, () => page.waitForTimeout(9_000))}`);
  console.log(`scrolling     ${await framesDuring(page, () => scroll(page))}`);
  console.log(`dragging      ${await framesDuring(page, () => drag(page))}`);
  await browser.close();
  server.close();
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
