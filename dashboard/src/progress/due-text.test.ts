import { expect, test } from "vitest";
import type { DueSite } from "../../../src/contract/backfill.ts";
import { dueSiteText } from "./due-text.ts";

const SITE: DueSite = {
  ...{ site: "a", days_total: 5, days_published: 3, days_failed: 0, last_error: null, halt_reason: null },
  ...{ current_date: null, phase: null, pages: 0 },
};

test("a site's due days are counted, with the day that is worked on and what is wrong", () => {
  expect(dueSiteText(SITE)).toBe("3 of 5 archived");
  expect(dueSiteText({ ...SITE, current_date: "2025-05-30", phase: "fetching", pages: 3 })).toBe(
    "3 of 5 archived; 2025-05-30 fetching, page 3",
  );
  // An error that a later attempt has overcome is not shown.
  expect(dueSiteText({ ...SITE, last_error: "HTTP 404" })).toBe("3 of 5 archived");
  expect(dueSiteText({ ...SITE, days_failed: 1, last_error: "HTTP 404" })).toBe(
    "3 of 5 archived, 1 failed: HTTP 404",
  );
  expect(dueSiteText({ ...SITE, halt_reason: "wrong key" })).toBe("3 of 5 archived: wrong key");
});
