import { expect, test } from "vitest";
import { MemoryArchive } from "../../../test/support/query/memory-archive.ts";
import type { UtcDay } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import { ListingTooLong } from "./archived-days.ts";
import { archivedSites } from "./archived-sites.ts";

const DAY = "2024-01-02" as UtcDay;

test("the sites of a day are those that have a file of it, over several pages of the listing", async () => {
  const archive = new MemoryArchive();
  const names = ["a", "b", "c", "d", "e", "f"];
  for (const name of names)
    archive.place(`timeseries/2024/01/02/${name}.parquet` as ObjectKey, new Uint8Array(1));
  for (const key of ["01/02/x.parquet.bak", "01/02/deeper/y.parquet", "01/03/z.parquet", "01/20/z.parquet"]) {
    archive.place(`timeseries/2024/${key}` as ObjectKey, new Uint8Array(1));
  }
  expect(await archivedSites(archive, DAY)).toEqual(names);
  expect(await archivedSites(archive, "2024-01-04" as UtcDay)).toEqual([]);
});

test("a listing without an end is given up", async () => {
  const endless = { list: async () => ({ heads: [], cursor: "more" }) };
  await expect(archivedSites(endless, DAY)).rejects.toThrow(ListingTooLong);
});
