import { expect, test } from "vitest";
import { parseSiteName } from "../../domain/site.ts";
import { encodeCursor } from "./cursor.ts";
import { samplesPath } from "./samples-path.ts";

const site = parseSiteName("ses_falls_city") ?? expect.unreachable();
const keep = {
  fromMicros: Date.UTC(2026, 7, 7) * 1000,
  toMicros: Date.UTC(2026, 7, 7, 1, 0, 30, 500) * 1000,
};

test("a window is requested with a second more at both ends, as raw data", () => {
  expect(decodeURIComponent(samplesPath(site, keep, 50_000, null))).toBe(
    "sites/ses_falls_city/timeseries/paginated?start_time=2026-08-06T23:59:59Z" +
      "&end_time=2026-08-07T01:00:31.500000Z&page_size=50000&raw_data=true",
  );
});

test("a cursor survives the query string", () => {
  for (const cursor of [encodeCursor(2070, "2025-10-12T16:30:37.626470"), "a+/=& ?#%☃"]) {
    const url = new URL(samplesPath(site, keep, 3, cursor), "https://example.com/api/");
    expect(url.searchParams.get("cursor")).toBe(cursor);
  }
});
