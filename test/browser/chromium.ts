import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";

/** Debian's; playwright-core brings none of its own. */
export const CHROMIUM = "/usr/bin/chromium";
export const hasChromium = existsSync(CHROMIUM);

/** In a profile of its own, which goes with it, and without a word to anybody outside. */
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

/** What axe finds in the page as it is, one line a fault; evaluated from outside, for the page's policy runs no script. */
export async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate("axe.run()")) as AxeRun;
  return violations.map(
    ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
  );
}

export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("Token of the Backfill Worker").fill(token);
  await page.getByRole("button", { name: "Open" }).click();
}

export async function openExplorer(page: Page, url: string, token: string): Promise<void> {
  await page.getByLabel("Its URL").fill(url);
  await page.getByLabel("Its token").fill(token);
  await page.getByRole("button", { name: "Open" }).click();
}

/** Chooses a range by the fields. */
export async function chooseDays(page: Page, from: string, to: string): Promise<void> {
  await page.getByLabel("First day").fill(from);
  await page.getByLabel("Last day").fill(to);
}

/** Where a day is in the picture of its year, as the calendar lays it out: weeks are columns of 14 pixels. */
export async function placeOf(page: Page, site: string, date: string): Promise<{ x: number; y: number }> {
  const canvas = page.locator(`canvas[data-site="${site}"][data-year="${date.slice(0, 4)}"]`);
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  if (!box) throw new Error(`no picture of ${site}'s ${date}`);
  const first = Date.parse(`${date.slice(0, 4)}-01-01T00:00Z`);
  const slot = ((new Date(first).getUTCDay() + 6) % 7) + (Date.parse(`${date}T00:00Z`) - first) / 86_400_000;
  return { x: box.x + Math.floor(slot / 7) * 14 + 6, y: box.y + 16 + (slot % 7) * 14 + 6 };
}
