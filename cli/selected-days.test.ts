import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { BackfillClient } from "../client/client.ts";
import { daysOf, type UtcDay } from "../src/domain/day.ts";
import { type DaySelection, selectedDays } from "./selected-days.ts";

const SITES = ["site_b", "site_a"];

/** The days of both sites as the Worker lists them, and the requested ranges. */
async function selected(selection: DaySelection) {
  const requested: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    const { pathname, searchParams } = new URL(url, "http://a");
    if (pathname === "/backfill/sites")
      return response.end(JSON.stringify({ sites: SITES.map((site) => ({ site })) }));
    const [from, to] = ["from", "to"].map((name) => searchParams.get(name) as UtcDay);
    const only = searchParams.get("site");
    requested.push([only, from, to].filter((each) => each !== null).join(" "));
    if (only !== null && !from) {
      const days = [{ site: only, date: "2020-02-02" }];
      return response.end(JSON.stringify({ count: 1, days }));
    }
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

it("without a range has all days that are known of every configured site", async () => {
  const { days, requested } = await selected({ from: undefined, to: undefined, site: undefined });
  expect(days).toEqual(SITES.map((site) => ({ site, date: "2020-02-02" })));
  expect(requested).toEqual(SITES);
  expect((await selected({ from: undefined, to: undefined, site: "site_c" })).requested).toEqual(["site_c"]);
});

it("has every day of a range once, site by site", async () => {
  const [from, to] = ["2023-12-31" as UtcDay, "2024-12-31" as UtcDay];
  const { days, requested } = await selected({ from, to, site: undefined });
  const range = daysOf(from, to);
  expect(days).toEqual(SITES.flatMap((site) => range.map((date) => ({ site, date }))));
  // One response has room for 40 days of 100 sites.
  expect(requested).toHaveLength(Math.ceil(range.length / 40));
  expect([requested[0], requested.at(-1)]).toEqual(["2023-12-31 2024-02-08", "2024-12-25 2024-12-31"]);
});

it("lets the Worker reject what is not a range", async () => {
  const reversed = selected({ from: "2024-01-02" as UtcDay, to: "2024-01-01" as UtcDay, site: undefined });
  await expect(reversed).rejects.toThrow("Validation failed");
});
