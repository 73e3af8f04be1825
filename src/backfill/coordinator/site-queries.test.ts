import { expect, test } from "vitest";
import { dayEvidence, dayView } from "../../../test/support/dashboard-status.ts";
import { Chance } from "../../../test/world/harness/chance.ts";
import { Scheduler } from "../../../test/world/harness/scheduler.ts";
import { siteNamed } from "../../../test/world/harness/world.ts";
import type { ErrorView } from "../../contract/backfill.ts";
import type { SiteAnswer, SiteQuery } from "../job/job.ts";
import type { SitePeer } from "../ports.ts";
import { EXAMPLE_CHARS_MAX, queryDays, queryErrors } from "./site-queries.ts";

const errorAt = (second: number): ErrorView => ({
  ...{ backfill_id: "id", error: "", stack: "", context: {} },
  timestamp: `2024-01-01T00:00:${String(second).padStart(2, "0")}.000Z`,
});

/** Asks `answers.length` sites, each of which answers as the one of its number. */
async function ask(answers: readonly (() => Promise<SiteAnswer>)[], limit: number) {
  const scheduler = new Scheduler(0, new Chance(1));
  const names = answers.map((_, index) => siteNamed(`site_${index}`));
  let [asked, askedMax] = [0, 0];
  const site = (name: (typeof names)[number]) => ({
    read: async () => {
      askedMax = Math.max(askedMax, ++asked);
      try {
        return await (answers[names.indexOf(name)]?.() ?? {});
      } finally {
        asked -= 1;
      }
    },
  });
  const sites = { clock: scheduler.clockOf(undefined), site: site as unknown as () => SitePeer };
  let found: ErrorView[] | undefined;
  let unavailable: string[] = [];
  void queryErrors(sites, names, { from: undefined, to: undefined }, limit, [errorAt(30)]).then((result) => {
    found = result.errors;
    unavailable = result.sites_unavailable;
  });
  await scheduler.settle();
  while (!found && (await scheduler.step(Number.MAX_SAFE_INTEGER))) await scheduler.settle();
  return {
    seconds: found?.map(({ timestamp }) => Number(timestamp.slice(17, 19))),
    ms: scheduler.now,
    unavailable,
    askedMax,
  };
}

test("the newest errors of all sites come in order, and no more than a few sites are asked at once", async () => {
  const answers = Array.from({ length: 20 }, (_, index) => async () => ({
    errors: [errorAt(index + 20), errorAt(index)],
  }));
  const { seconds, askedMax } = await ask(answers, 5);
  expect(seconds).toEqual([39, 38, 37, 36, 35]);
  expect(askedMax).toBe(4);
});

test("what a site's examples of dropped rows take is not left for the sites after it", async () => {
  const name = "n".repeat(1_000);
  const evidence = dayEvidence({ unconfigured_names: [name] });
  const asked: number[] = [];
  const site = () => ({
    read: async (query: SiteQuery) => {
      asked.push(query.kind === "days" ? query.exampleCharsMax : 0);
      return { days: [dayView("2024-01-01", "completed", { evidence })] };
    },
  });
  const sites = {
    clock: new Scheduler(0, new Chance(1)).clockOf(undefined),
    site: site as unknown as () => SitePeer,
  };
  const range = { from: undefined, to: undefined };
  expect(await queryDays(sites, [siteNamed("a"), siteNamed("b")], range, 10)).toHaveLength(2);
  expect(asked).toEqual([EXAMPLE_CHARS_MAX, EXAMPLE_CHARS_MAX - `[[],["${name}"]]`.length]);
});

test("however many sites are silent, those that are heard are told after twenty seconds", async () => {
  const silent = () => new Promise<never>(() => undefined);
  const refused = async () => {
    throw new Error("reset");
  };
  const answers = [silent, refused, ...Array(2).fill(silent), async () => ({ errors: [errorAt(7)] })];
  const { seconds, ms, unavailable } = await ask([...answers, ...Array(50).fill(silent)], 5);
  expect(seconds).toEqual([30, 7]);
  // All but the one that answered are named: the list is not complete without them.
  expect(unavailable).toHaveLength(54);
  expect(unavailable).not.toContain("site_4");
  expect(ms).toBe(20_000);
});
