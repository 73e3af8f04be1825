import { expect, test } from "vitest";
import { costOf, newMeter } from "./cost.ts";

test("a cost names each tier once, in one order, with the store behind it", () => {
  expect(costOf(["hot", "cold", "hot"], newMeter(), 7)).toMatchObject({
    sources: ["R2", "D1"],
    storage_tiers: ["cold", "hot"],
    query_time_ms: 7,
  });
  expect(costOf([], newMeter(), 0)).toMatchObject({ sources: [], storage_tiers: [] });
});
