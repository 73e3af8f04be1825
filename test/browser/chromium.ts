import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";

/** Chromium of Debian's package: playwright-core includes no browser. */
export const CHROMIUM = "/usr/bin/chromium";
export const hasChromium = existsSync(CHROMIUM);

/** Starts Chromium with a new, temporary profile and without network requests of its own. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeRun {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** The violations that axe finds in the page, one line each. Evaluated from outside, because the page's policy allows no other script. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate("axe.run()")) as AxeRun;
  return violations.map(
    ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
  );
}

export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("API key of the Backfill Worker").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Pixels that the page is wide: more than the screen where something does not fit. */
export const widthOf = (page: Page) => page.evaluate("document.documentElement.scrollWidth");

export async function openExplorer(page: Page, url: string, token: string): Promise<void> {
  await page.getByLabel("URL of the Query Worker").fill(url);
  await page.getByLabel("API key of the Query Worker").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Waits until the page has drawn what has happened so far: a frame that is requested later is later. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate("new Promise(requestAnimationFrame)");
}

/** Fills the fields of the planned range. */
export async function chooseDays(page: Page, from: string, to: string): Promise<void> {
  await page.getByLabel("First day").fill(from);
  await page.getByLabel("Last day").fill(to);
}

/** The position of a day on the screen: in the calendar, weeks are columns of 14 pixels. */
export async function positionOf(page: Page, site: string, date: string): Promise<{ x: number; y: number }> {
  // A year that appears or disappears moves the others.
  await drawn(page);
  const canvas = page.locator(`canvas[data-site="${site}"][data-year="${date.slice(0, 4)}"]`);
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  if (!box) throw new Error(`the calendar does not show ${date} of ${site}`);
  const first = Date.parse(`${date.slice(0, 4)}-01-01T00:00Z`);
  const slot = ((new Date(first).getUTCDay() + 6) % 7) + (Date.parse(`${date}T00:00Z`) - first) / 86_400_000;
  return { x: box.x + Math.floor(slot / 7) * 14 + 6, y: box.y + 16 + (slot % 7) * 14 + 6 };
}
