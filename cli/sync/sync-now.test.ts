import { expect, it } from "vitest";
import type { SiteSync } from "../../src/contract/etl.ts";
import { siteSync, syncStatus } from "../../test/support/http/etl-views.ts";
import { type AwaitedSyncs, awaitedSyncs, haveEnded, nowLines } from "./sync-now.ts";

const AT = "2025-10-14T12:34:00.000Z";
const triggered = (...sites: string[]): AwaitedSyncs =>
  new Map(sites.map((site) => [site, { triggeredAt: AT }]));
const BOTH = triggered("site_a", "site_bc");

function view(site: string, endedAt: string, more: Partial<SiteSync> = {}): SiteSync {
  const last = siteSync().last_sync;
  return siteSync({
    site,
    last_sync: last && { ...last, started_at: endedAt < AT ? endedAt : AT, ended_at: endedAt },
    ...more,
  });
}
const EARLIER = "2025-10-14T12:30:33.250Z";
const LATER = "2025-10-14T12:34:02.500Z";

it("a sync has ended once each triggered site has one that ended after the trigger", () => {
  const ended = (...sites: SiteSync[]) => haveEnded(syncStatus({ sites }), BOTH);
  expect(ended(view("site_a", LATER), view("site_bc", EARLIER))).toBe(false);
  expect(ended(view("site_a", LATER), view("site_bc", AT))).toBe(true);
  expect(ended(view("site_a", LATER))).toBe(false);
  expect(ended(view("site_a", LATER), siteSync({ site: "site_bc", last_sync: null }))).toBe(false);
});

it("a site that can't begin, because it halts or waits again, has ended with its reason", () => {
  const tables = { timestamp: AT, error: "no such table: sites. Create them: npx …", context: {} };
  const awaited = triggered("a", "b");
  const sites = [
    view("a", EARLIER, { state: "waiting", waiting_until: LATER, errors_recent: [tables] }),
    view("b", EARLIER, { state: "halted", halt_reason: "The API refuses the key ACE_API_KEY" }),
  ];
  expect(haveEnded(syncStatus({ sites }), awaited)).toBe(true);
  expect(nowLines(syncStatus({ sites }), awaited, { isTerminal: true })).toEqual([
    "a can't sync: no such table: sites. Create them: npx …",
    "b can't sync: The API refuses the key ACE_API_KEY",
  ]);
});

it("shows how far each site is, and what it has done", () => {
  const current_sync = { started_at: AT, windows_read: 2, windows_total: 8 };
  const status = syncStatus({ sites: [view("site_a", LATER), view("site_bc", EARLIER, { current_sync })] });
  expect(nowLines(status, BOTH, { isTerminal: true })).toEqual([
    "site_a  done in 0:03: 2 windows, 52,000 samples, 3 requests, 96 rows written",
    "site_bc ████░░░░░░░░░░░░ 2 of 8 windows",
  ]);
  expect(nowLines(status, BOTH, { isTerminal: false })[1]).toBe("site_bc 2 of 8 windows");
});

it("shows a sync that failed with its reason, one that has not begun, and a site that does not respond", () => {
  const last = siteSync().last_sync;
  if (last === null) throw new Error("the view has a last sync");
  const failed = { ...last, started_at: AT, ended_at: LATER, outcome: "failed", error: "401" } as const;
  const awaited = triggered("a", "b", "c");
  const sites = [siteSync({ site: "a", last_sync: failed }), siteSync({ site: "b" })];
  expect(nowLines(syncStatus({ sites }), awaited, { isTerminal: true })).toEqual([
    "a failed after 0:03: 401",
    "b begins …",
    "c does not respond",
  ]);
});

it("a site that was in a sync at the trigger is awaited until that has ended, and no other site is", () => {
  const current_sync = { started_at: AT, windows_read: 1, windows_total: 8 };
  const running = view("b", EARLIER, { current_sync });
  const sites = [view("a", EARLIER), running, view("c", EARLIER)];
  const awaited = awaitedSyncs(syncStatus({ sites }), { a: AT }, undefined);
  expect([...awaited]).toEqual([
    ["a", { triggeredAt: AT }],
    ["b", { startedAt: AT }],
  ]);
  expect([...awaitedSyncs(syncStatus({ sites }), {}, "c")]).toEqual([]);
  const onlyB = awaitedSyncs(syncStatus({ sites }), {}, "b");
  expect(haveEnded(syncStatus({ sites }), onlyB)).toBe(false);
  // The next sync has begun before the end of this one was seen.
  const later = { ...current_sync, started_at: LATER };
  expect(haveEnded(syncStatus({ sites: [view("b", LATER, { current_sync: later })] }), onlyB)).toBe(true);
});
