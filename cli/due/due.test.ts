import { expect, it } from "vitest";
import { CliServer } from "../../test/support/cli-server.ts";

const server = new CliServer();

const DAY = {
  ...{ date: "2025-05-30", state: "failed", fetched_at: null, records: null, sha256: null },
  ...{ failures: 2, error: "the ACE API answered 404", retry_at: "2025-06-01T08:05:00.000Z" },
  ...{ fetched_since: "2025-05-31T06:00:00.000Z", listed_at: "2025-05-31T06:02:00.000Z" },
};
const SITE = {
  ...{ site: "site_a", days_total: 1, days_published: 0, days_failed: 1, current_date: null, phase: null },
  ...{ pages: 0, last_error: DAY.error, halt_reason: null, days: [DAY] },
};
const list = (change: object = {}) => ({ paused: false, sites: [SITE], sites_unavailable: [], ...change });

it("lists due days with their next try, and ends with 1 where one has failed", async () => {
  server.responses = { "GET /backfill/due": [list()] };
  const { code, stdout } = await server.ran("due");
  expect(code).toBe(1);
  expect(stdout).toContain("2025-05-30");
  expect(stdout).toContain("2025-06-01 08:05:00");
  expect(stdout).toContain("the ACE API answered 404");
});

it("says that nothing is due, that due days are paused, and which sites do not respond", async () => {
  const none = list({ paused: true, sites: [], sites_unavailable: ["site_b"] });
  server.responses = { "GET /backfill/due": [none] };
  const { code, stdout, stderr } = await server.ran("due");
  expect([code, stdout]).toEqual([1, ""]);
  for (const part of ["site_b", "due --resume", "No day is due."]) expect(stderr).toContain(part);
  expect(JSON.parse((await server.ran("due", "--json")).stdout)).toEqual(none);
});

it("pauses and resumes, and names the sites that were not reached", async () => {
  const changed = (status: string) => ({ status, message: "", sites_unreached: ["site_b"] });
  server.responses = {
    "POST /backfill/due/pause": [changed("paused")],
    "POST /backfill/due/resume": [changed("running")],
  };
  const [paused, resumed] = [await server.ran("due", "--pause"), await server.ran("due", "--resume")];
  expect([paused.stdout, resumed.stdout]).toEqual(["Due days are paused.\n", "Due days are worked on.\n"]);
  expect(paused.stderr).toContain("follow as soon as they do: site_b");
  expect(await server.ran("due", "--pause", "--resume")).toMatchObject({ code: 2 });
});
