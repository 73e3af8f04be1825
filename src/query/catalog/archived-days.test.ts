import { expect, test } from "vitest";
import { MemoryCold } from "../../../test/support/query/memory-cold.ts";
import { daysOf, parseUtcDay, type UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { archivedDays, ListingTooLong, newestArchivedDays } from "./archived-days.ts";

const site = "site_a" as SiteName;
const day = (text: string): UtcDay => parseUtcDay(text) as UtcDay;
const SAMPLES = new Map([
  [1, 1],
  [2, 2],
]);

function archiveOf(days: Iterable<string>): MemoryCold {
  const archive = new MemoryCold(site);
  for (const date of days) archive.objects.set(date, SAMPLES);
  return archive;
}

test("the archived days of a range are found, both ends included, over months and over a leap day", async () => {
  const archive = archiveOf(daysOf(day("2023-11-01"), day("2024-04-30")));
  const found = await archivedDays(archive, site, day("2023-12-31"), day("2024-03-01"));
  expect([...found.keys()]).toEqual(daysOf(day("2023-12-31"), day("2024-03-01")));
  expect(found.get(day("2024-02-29"))).toEqual({ day: "2024-02-29", samples: 2 });
});

test("a single day is one request for its key, ten days are one for their decade, a year is thirteen for its months", async () => {
  const prefixes = async (from: string, to: string) => {
    const archive = new MemoryCold(site);
    await archivedDays(archive, site, day(from), day(to));
    return archive.listed;
  };
  expect(await prefixes("2024-01-15", "2024-01-15")).toEqual(["timeseries/2024/01/15/site_a.parquet"]);
  expect(await prefixes("2024-01-10", "2024-01-19")).toEqual(["timeseries/2024/01/1"]);
  expect(await prefixes("2024-01-15", "2025-01-14")).toHaveLength(13);
  expect(await prefixes("9999-12-30", "9999-12-31")).toEqual(["timeseries/9999/12/3"]);
});

test("objects of other sites, and other keys, are not taken for days of this site", async () => {
  const archive = archiveOf(["2024-01-02"]);
  archive.otherKeys.push(
    "timeseries/2024/01/01/site_b.parquet",
    "timeseries/2024/01/03/site_a.parquet.bak",
    "timeseries/2024/01/99/site_a.parquet",
    "timeseries/2024/01/04/deeper/site_a.parquet",
  );
  const found = await archivedDays(archive, site, day("2024-01-01"), day("2024-01-31"));
  expect([...found.keys()]).toEqual(["2024-01-02"]);
});

test("an object whose metadata have no valid count has an unknown count", async () => {
  const head = { etag: "e", bytes: 1, sha256: undefined, uploadedAt: 0, metadata: { record_count: "many" } };
  const archive = {
    list: async (key: string) => ({ heads: [{ ...head, key: key as never }] }),
  };
  const found = await archivedDays(archive, site, day("2024-01-01"), day("2024-01-01"));
  expect(found.get(day("2024-01-01"))).toMatchObject({ samples: undefined });
});

test("a listing that does not end fails", async () => {
  const archive = { list: async () => ({ heads: [], cursor: "on" }) };
  const listing = archivedDays(archive, site, day("2024-01-01"), day("2024-01-31"));
  await expect(listing).rejects.toThrow(ListingTooLong);
  await expect(listing).rejects.toMatchObject({ prefix: "timeseries/2024/01/" });
});

test("the newest days come first, without those that have no samples, and no month is listed before its turn", async () => {
  const archive = archiveOf(["2023-10-30", "2023-12-03", "2023-12-05", "2024-01-14", "2024-01-16"]);
  archive.objects.set("2023-12-07", new Map());
  const days = newestArchivedDays(archive, site, day("2024-01-15"));
  expect(await days.next()).toEqual({ value: "2024-01-14", done: false });
  expect(await days.next()).toEqual({ value: "2023-12-05", done: false });
  expect(new Set(archive.listed)).toEqual(new Set(["timeseries/2024/01/", "timeseries/2023/12/"]));
  expect(await days.next()).toEqual({ value: "2023-12-03", done: false });
  expect(await days.next()).toEqual({ value: "2023-10-30", done: false });
});

test("the search for the newest days ends thirteen months back where these have a day, and returns its first day", async () => {
  const archive = archiveOf(["2022-12-31", "2023-01-01"]);
  const days = newestArchivedDays(archive, site, day("2024-01-15"));
  expect(await days.next()).toEqual({ value: "2023-01-01", done: false });
  expect(await days.next()).toEqual({ value: "2023-01-01", done: true });
  expect(new Set(archive.listed).size).toBe(13);
});

test("where the last thirteen months have no day, the search begins at the newest older one", async () => {
  const archive = archiveOf(["2015-03-31", "2016-02-29", "2016-03-01"]);
  archive.objects.set("2019-05-05", new Map());
  archive.otherKeys.push("timeseries/2020/07/01/site_b.parquet");
  const days = newestArchivedDays(archive, site, day("2024-01-15"));
  expect(await days.next()).toEqual({ value: "2016-03-01", done: false });
  expect(await days.next()).toEqual({ value: "2016-02-29", done: false });
  expect(await days.next()).toEqual({ value: "2015-03-31", done: false });
  expect(await days.next()).toEqual({ value: "2015-03-01", done: true });
  // Of years without objects of any site, no month is listed.
  expect(archive.listed.filter((prefix) => prefix.startsWith("timeseries/2018/"))).toEqual([
    "timeseries/2018/",
  ]);
});

test("a site without any file is searched for until 1970, with a request for each empty year", async () => {
  const archive = archiveOf([]);
  const days = newestArchivedDays(archive, site, day("2024-01-15"));
  expect(await days.next()).toEqual({ value: "1970-01-01", done: true });
  expect(archive.listed).toHaveLength(13 + 53);
});
