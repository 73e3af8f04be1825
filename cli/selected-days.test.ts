import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { BackfillClient } from "../client/client.ts";
import { daysOf, type UtcDay } from "../src/domain/day.ts";
import { STATUS } from "../test/support/cli-status.ts";
import { type DaySelection, selectedDays } from "./selected-days.ts";

const SITES = ["site_b", "site_a"];
/** A backfill of only one of the two sites. */
const LATEST = { ...STATUS, start_date: "2023-12-31", end_date: "2024-12-31" };

/** The days of both sites as the Worker lists them, and the requested ranges. */
async function selected(selection: DaySelection) {
  const requested: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    const { pathname, searchParams } = new URL(url, "http://a");
    if (pathname === "/backfill/status") return response.end(JSON.stringify(LATEST));
    const [from, to] = ["from", "to"].map((name) => searchParams.get(name) as UtcDay);
    requested.push(`${from} ${to}`);
    if (!from || !to || from > to) return response.writeHead(400).end('{"error":"Validation failed"}');
    const days = SITES.flatMap((site) => daysOf(from, to).map((date) => ({ site, date })));
    response.end(JSON.stringify({ count: days.length, days }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    const client = new BackfillClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "t");
    return { days: await selectedDays(client, selection), requested };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it("has every day once, site by site, also of sites that are not part of the latest backfill", async () => {
  const { days, requested } = await selected({ from: undefined, to: undefined, site: undefined });
  const range = daysOf("2023-12-31" as UtcDay, "2024-12-31" as UtcDay);
  expect(days).toEqual(SITES.flatMap((site) => range.map((date) => ({ site, date }))));
  // One response has room for 40 days of 100 sites.
  expect(requested).toHaveLength(Math.ceil(range.length / 40));
  expect([requested[0], requested.at(-1)]).toEqual(["2023-12-31 2024-02-08", "2024-12-25 2024-12-31"]);
});

it("lets the Worker reject what is not a range", async () => {
  const reversed = selected({ from: "2024-01-02" as UtcDay, to: "2024-01-01" as UtcDay, site: undefined });
  await expect(reversed).rejects.toThrow("Validation failed");
});
