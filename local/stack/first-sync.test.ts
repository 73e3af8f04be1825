import { expect, it } from "vitest";
import { SYNC_NOW, siteSync } from "../../test/support/http/etl-views.ts";
import { firstSyncLine, reportFirstSync } from "./first-sync.ts";

it("a site is named with the age of its newest sample, or with why it is halted", () => {
  expect(firstSyncLine(siteSync(), SYNC_NOW)).toBe(
    "ses_falls_city is synced: its newest sample is 117 s old",
  );
  expect(firstSyncLine(siteSync({ newest_sample: null }), SYNC_NOW)).toBeUndefined();
  const halted = siteSync({ state: "halted", halt_reason: "the API rejects the key", newest_sample: null });
  expect(firstSyncLine(halted, SYNC_NOW)).toBe("ses_falls_city is halted: the API rejects the key");
});

it("each site is reported once, also where the Worker does not answer at first", async () => {
  const printed: string[] = [];
  let calls = 0;
  const etl = {
    status: async () => {
      calls += 1;
      if (calls === 1) throw new Error("starting");
      return { sites: [siteSync()] } as never;
    },
  };
  await reportFirstSync(
    etl,
    ["ses_falls_city"],
    (line) => printed.push(line),
    new AbortController().signal,
    1,
  );
  expect(printed).toHaveLength(1);
});
