import { BackfillClient } from "../../client/client.ts";
import { startWorker } from "../../local/stack/stack.ts";
import type { Plan } from "../../src/contract/backfill.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import { type Figure, report, temporaryFolder } from "../measure/measure.ts";

/** The plan of a year of one site by the Worker's defaults: 50 requests a minute, pages of 50,000. */
export async function yearFigures(run: CommandRun): Promise<Figure[]> {
  const stateDir = temporaryFolder(run);
  const worker = await startWorker({
    stateDir,
    signal: run.signal,
    // A plan sends no request to the API.
    vars: {
      ACE_API_BASE: "http://127.0.0.1:9/api",
      SITE_NAME: "site_a",
      ACE_API_KEY: "k",
      BACKFILL_API_KEY: "b",
    },
  });
  try {
    const client = new BackfillClient(worker.url, "b");
    const { status, body } = await client.call<Plan>("POST", "/backfill/start", {
      start_date: "2024-01-01",
      end_date: "2024-12-31",
      dry_run: true,
    });
    if (status !== 200) throw new Error(`the plan answered ${status}: ${JSON.stringify(body)}`);
    const hours = body.estimated_hours;
    return [
      { what: "366 days", shown: `${hours} h`, bound: "9 to 10 h", ok: hours >= 9 && hours <= 10 },
      report(
        "requests, a minute, samples a page",
        `${body.estimated_requests}, ${body.requests_per_minute}, ${body.page_size}`,
      ),
    ];
  } finally {
    await worker.stop();
  }
}
