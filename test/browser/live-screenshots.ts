import { join } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { siteView, statusOf } from "../support/dashboard-status.ts";
import { signIn } from "./chromium.ts";
import { FakeEtlServer } from "./fake-etl-server.ts";
import { FAKE_TOKEN, FakeWorker } from "./fake-worker.ts";
import { liveStatus } from "./live-status.ts";

/** Pictures of live data in states that a real stack reaches after days: on a screen, in dark colours on a phone. */
export async function takeLiveScreenshots(browser: Browser, folder: string): Promise<void> {
  const worker = await FakeWorker.open(["ses_falls_city", "building_a", "building_c"]);
  worker.status = statusOf([siteView({ site: "ses_falls_city" })]);
  const etl = await FakeEtlServer.open(worker.url);
  etl.etl.current = liveStatus("building_c");
  const shot = async (name: string, options: BrowserContextOptions) => {
    const page = await browser.newPage({ deviceScaleFactor: 1.5, ...options });
    await page.goto(`${worker.url}/dashboard/#live`);
    await signIn(page, FAKE_TOKEN);
    await page.getByLabel("URL of the ETL Sync Worker").fill(etl.url);
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByRole("region", { name: "building_c", exact: true }).waitFor();
    await page.locator('.connection[data-kind="live"]').waitFor();
    await page.screenshot({ path: join(folder, `dashboard-${name}.png`), fullPage: true });
    await page.close();
  };
  try {
    await shot("live", { viewport: { width: 1280, height: 900 } });
    await shot("live-phone", {
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
      colorScheme: "dark",
    });
  } finally {
    etl.close();
    worker.close();
  }
}
