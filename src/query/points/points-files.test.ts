import { expect, test } from "vitest";
import { MemoryArchive } from "../../../test/support/query/memory-archive.ts";
import type { UtcDay } from "../../domain/day.ts";
import { pointsKey } from "../../domain/layout.ts";
import { NO_FIELDS, type PointRow } from "../../domain/point-row.ts";
import type { SiteName } from "../../domain/site.ts";
import { concatenate } from "../../parquet/bytes.ts";
import { encodePoints } from "../../parquet/points/points.ts";
import { ObjectUnreadable } from "../cold/cold.ts";
import { POINTS_TRUST_MS, PointsFiles } from "./points.ts";

const [A, B] = ["site_a", "site_b"] as SiteName[] as [SiteName, SiteName];
const DAY = "2024-01-01" as UtcDay;

const rowsOf = (...names: string[]): PointRow[] =>
  names.map((name) => ({ name, fields: NO_FIELDS, firstSeen: DAY, lastSeen: DAY }));

function archiveWith(site: SiteName, ...names: string[]): MemoryArchive {
  const archive = new MemoryArchive();
  place(archive, site, ...names);
  return archive;
}

function place(archive: MemoryArchive, site: SiteName, ...names: string[]): void {
  archive.place(pointsKey(site), concatenate([...encodePoints(site, rowsOf(...names))]));
}

test("a file is read once a minute, and again only if it is another version", async () => {
  const archive = archiveWith(A, "p", "q");
  const files = new PointsFiles();
  const read = async (nowMs: number) => [...((await files.read(archive, A, nowMs)) ?? []).keys()];
  expect(await read(0)).toEqual(["p", "q"]);
  expect(await read(POINTS_TRUST_MS - 1)).toEqual(["p", "q"]);
  expect(archive.requests).toHaveLength(1);
  expect(await read(POINTS_TRUST_MS)).toEqual(["p", "q"]);
  expect(archive.requests.map(({ bytes }) => bytes > 0)).toEqual([true, false]);
  place(archive, A, "r");
  expect(await read(POINTS_TRUST_MS + 1)).toEqual(["p", "q"]);
  expect(await read(2 * POINTS_TRUST_MS)).toEqual(["r"]);
  // A clock that has stepped back says nothing of the age.
  await read(0);
  expect(archive.requests).toHaveLength(4);
});

test("a site without a file is known for a minute to have none, and has one after that", async () => {
  const archive = new MemoryArchive();
  const files = new PointsFiles();
  expect(await files.read(archive, A, 0)).toBe(undefined);
  place(archive, A, "p");
  expect(await files.read(archive, A, 1)).toBe(undefined);
  expect((await files.read(archive, A, POINTS_TRUST_MS))?.size).toBe(1);
  archive.remove(pointsKey(A));
  expect(await files.read(archive, A, 2 * POINTS_TRUST_MS)).toBe(undefined);
});

test("only so many points stay in memory: the longest unused file is read again", async () => {
  const archive = archiveWith(A, "p", "q");
  place(archive, B, "r", "s");
  const files = new PointsFiles(4);
  for (const site of [A, B, B, A, A]) await files.read(archive, site, 0);
  expect(archive.requests.map(({ key }) => key)).toEqual([A, B, A].map(pointsKey));
  const tiny = new PointsFiles(1);
  expect((await tiny.read(archive, A, 0))?.size).toBe(2);
});

test("a damaged file is a fault that names it, and a failing archive is passed on", async () => {
  const archive = new MemoryArchive();
  archive.place(pointsKey(A), new TextEncoder().encode("<html>"));
  await expect(new PointsFiles().read(archive, A, 0)).rejects.toThrow(ObjectUnreadable);
  archive.before = () => {
    throw new RangeError("R2 is down");
  };
  await expect(new PointsFiles().read(archive, A, 0)).rejects.toThrow(RangeError);
});
