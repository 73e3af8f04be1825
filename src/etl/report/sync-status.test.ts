import { expect, it } from "vitest";
import { siteSync } from "../../../test/support/http/etl-views.ts";
import { leastOf, statusName } from "./sync-status.ts";

const WAITING = { state: "waiting", watermark: null, lag_seconds: null } as const;

it("the worst of the sites gives the status its name", () => {
  const [current, late] = [siteSync(), siteSync({ lag_seconds: 901 })];
  expect(statusName([current, siteSync({ lag_seconds: 900 })], 0)).toBe("current");
  expect(statusName([current, siteSync(WAITING)], 0)).toBe("starting");
  expect(statusName([siteSync(WAITING), late], 0)).toBe("behind");
  expect(statusName([current], 1)).toBe("behind");
  expect(statusName([late, siteSync({ state: "halted" })], 1)).toBe("halted");
});

it("the least watermark is known once each site has one", () => {
  const [a, b] = ["2025-10-14T12:30:30.500Z", "2025-10-14T12:15:30.500Z"];
  expect(leastOf([siteSync({ watermark: a }), siteSync({ watermark: b })], 2)).toBe(Date.parse(b));
  expect(leastOf([siteSync({ watermark: a }), siteSync({ watermark: null })], 2)).toBeNull();
  expect(leastOf([siteSync({ watermark: a })], 2)).toBeNull();
});
