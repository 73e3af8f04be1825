import { beforeAll, describe, expect, test } from "vitest";
import type { PointsAnswer, QueryAnswer } from "../../src/contract/query.ts";
import { DAY_MS, dayStartMs } from "../../src/domain/day.ts";
import { type ObjectKey, objectKey } from "../../src/domain/layout.ts";
import { SITE } from "../support/query/archive.ts";
import { MemoryArchive } from "../support/query/memory-archive.ts";
import { dayAt } from "./archives.ts";
import { costOf } from "./check-answer.ts";
import { isolateOver, type QueryWorker, type Reply } from "./query-worker.ts";
import { type DayVersions, POINTS, place, TITLES, type Title, versionsOf } from "./versions.ts";

const DAYS = [0, 1, 2] as const;
const OTHERS = TITLES.slice(1);
const START_MS = dayStartMs(dayAt(0));
const QUERY = new URLSearchParams([
  ["site_name", SITE],
  ["start_time", String(START_MS)],
  ["end_time", String(START_MS + DAYS.length * DAY_MS)],
  ...POINTS.map((point) => ["point_names", point]),
]);

let versions: readonly DayVersions[];
beforeAll(async () => {
  versions = await Promise.all(DAYS.map(versionsOf));
});

/** The current version of each day. */
type Titles = readonly [Title, Title, Title];
const ALL_FIRST: Titles = ["first", "first", "first"];

function bucketWith(titles: Titles): MemoryArchive {
  const bucket = new MemoryArchive();
  for (const nth of DAYS) put(bucket, nth, titles[nth]);
  return bucket;
}

const put = (bucket: MemoryArchive, nth: number, title: Title) =>
  place(bucket, nth, (versions[nth] as DayVersions)[title]);
const nthOf = (key: ObjectKey) => DAYS.findIndex((nth) => objectKey(SITE, dayAt(nth)) === key);

/** The version of each day in an answer; fails where a day is of no version, or of two. */
function versionsIn(reply: Reply): Titles {
  expect(reply.status).toBe(200);
  const { samples, metadata } = JSON.parse(new TextDecoder().decode(reply.body)) as QueryAnswer;
  const titles = DAYS.map((nth) => {
    const day = dayAt(nth);
    const rows = samples
      .filter(({ timestamp }) => timestamp.startsWith(day))
      .map((row) => [POINTS.indexOf(row.point_name), Date.parse(row.timestamp), row.value].join(" "))
      .join("\n");
    const state = metadata.missing_days.includes(day)
      ? "gone"
      : metadata.empty_days.includes(day)
        ? "empty"
        : "";
    const alike = TITLES.filter((title) => {
      const isOfNone = title === "gone" || title === "empty";
      const same = versions[nth]?.[title].rows === rows;
      return same && (isOfNone ? title === state : state === "");
    });
    expect(alike, `${day} is of one version`).toHaveLength(1);
    return alike[0] as Title;
  });
  const rowGroups = titles.reduce((sum, title, nth) => sum + (versions[nth]?.[title].rowGroups ?? 0), 0);
  expect(metadata.row_groups_read + metadata.row_groups_pruned).toBe(rowGroups);
  expect(metadata).toMatchObject({ ...costOf(reply), total_samples: samples.length });
  return titles as unknown as Titles;
}

/** Sends the query once for each request that it makes, and calls `at` before that request. */
async function atEveryRead(
  isolate: () => Promise<{ bucket: MemoryArchive; worker: QueryWorker }>,
  at: (bucket: MemoryArchive, key: ObjectKey) => void,
  check: (titles: Titles, key: ObjectKey) => void,
): Promise<void> {
  const undisturbed = await isolate();
  const { requests } = await undisturbed.worker.get("/timeseries/query", QUERY);
  expect(requests.length).toBeGreaterThanOrEqual(2 * DAYS.length);
  for (const [nth, { key }] of requests.entries()) {
    // A roll-up is looked up, of which the archive has none.
    if (nthOf(key) === -1) continue;
    const { bucket, worker } = await isolate();
    bucket.before = (read, arriving) => {
      if (read === nth) at(bucket, arriving);
    };
    check(versionsIn(await worker.get("/timeseries/query", QUERY)), key);
  }
}

const coldIsolate = (titles: Titles) => async () => {
  const bucket = bucketWith(titles);
  return { bucket, worker: isolateOver(bucket) };
};
const warmIsolate = async () => {
  const bucket = bucketWith(ALL_FIRST);
  const worker = isolateOver(bucket);
  expect(versionsIn(await worker.get("/timeseries/query", QUERY))).toEqual(ALL_FIRST);
  return { bucket, worker };
};
/** An isolate whose cache has the footers of versions that were replaced before the query. */
const staleIsolate = (titles: Titles) => async () => {
  const cache = new Map<string, Uint8Array>();
  await isolateOver(bucketWith(ALL_FIRST), cache).get("/timeseries/query", QUERY);
  expect(cache.size).toBe(DAYS.length);
  const bucket = bucketWith(titles);
  return { bucket, worker: isolateOver(bucket, cache) };
};

/** The version of each day where the object of `key` was replaced before a request for it. */
const replaced = (titles: Titles, key: ObjectKey, title: Title) =>
  titles.map((before, nth) => (nth === nthOf(key) ? title : before));

describe.each(OTHERS)("an object replaced before any one request of a query (%s)", (title) => {
  const at = (bucket: MemoryArchive, key: ObjectKey) => put(bucket, nthOf(key), title);

  test("is answered as it is then, and every other day is unchanged", () =>
    atEveryRead(coldIsolate(ALL_FIRST), at, (titles, key) => {
      expect(titles).toEqual(replaced(ALL_FIRST, key, title));
    }));

  test("is answered as it is then, also if its footer was known", () =>
    atEveryRead(warmIsolate, at, (titles, key) => {
      expect(titles).toEqual(replaced(ALL_FIRST, key, title));
    }));

  test("is answered as it is then, also if the cache has the footer of the version before the last", async () => {
    const now: Titles = ["other row groups", "fewer points", "other values"];
    await atEveryRead(staleIsolate(now), at, (titles, key) => {
      expect(titles).toEqual(replaced(now, key, title));
    });
  });

  test("together with those of all other days is answered with each day in one version", () =>
    atEveryRead(
      coldIsolate(ALL_FIRST),
      (bucket) => {
        for (const nth of DAYS) put(bucket, nth, title);
      },
      (titles, key) => {
        expect(titles[nthOf(key)]).toBe(title);
        for (const one of titles) expect(["first", title]).toContain(one);
      },
    ));
});

test.each([
  ["other values", "first"],
  ["other row groups", "fewer points"],
  ["fewer points", "gone"],
  ["gone", "other values"],
  ["empty", "other row groups"],
] as const)(
  "an object replaced at a request (%s), and again at its next (%s), is answered as one of them",
  async (title, next) => {
    await atEveryRead(
      coldIsolate(ALL_FIRST),
      (bucket, key) => {
        put(bucket, nthOf(key), title);
        bucket.before = (_, arriving) => {
          if (arriving === key) put(bucket, nthOf(key), next);
        };
      },
      (titles, key) => {
        // A missing or empty day is not read again.
        const ends = title === "gone" || title === "empty";
        expect(ends ? [title, next] : [next]).toContain(titles[nthOf(key)]);
        expect(titles).toEqual(replaced(ALL_FIRST, key, titles[nthOf(key)] as Title));
      },
    );
  },
);

test.each(OTHERS)(
  "the points of an object replaced at any request (%s) are those of one version",
  async (title) => {
    const params = new URLSearchParams({ site_name: SITE, date: dayAt(0) });
    const pointsOf = async (nth: number) => {
      const bucket = bucketWith(ALL_FIRST);
      bucket.before = (read) => {
        if (read === nth) put(bucket, 0, title);
      };
      const reply = await isolateOver(bucket).get("/timeseries/points", params);
      const { points, metadata } = JSON.parse(new TextDecoder().decode(reply.body)) as PointsAnswer;
      expect(metadata).toMatchObject(costOf(reply));
      return {
        requests: reply.requests.length,
        points: points.map(({ count, first_timestamp, last_timestamp }) =>
          [count, Date.parse(first_timestamp), Date.parse(last_timestamp)].join(" "),
        ),
      };
    };
    const undisturbed = await pointsOf(Number.POSITIVE_INFINITY);
    expect(undisturbed.points).toEqual(versions[0]?.first.points);
    for (let nth = 0; nth < undisturbed.requests; nth += 1) {
      expect((await pointsOf(nth)).points).toEqual(versions[0]?.[title].points);
    }
  },
);

test("an object that is replaced at every request is a 503 without samples", async () => {
  for (const nth of DAYS) {
    const bucket = bucketWith(ALL_FIRST);
    let times = 0;
    bucket.before = (_, key) => {
      if (nthOf(key) === nth) put(bucket, nth, OTHERS[times++ % 3] as Title);
    };
    const { status, body } = await isolateOver(bucket).get("/timeseries/query", QUERY);
    expect([status, new TextDecoder().decode(body)]).toEqual([
      503,
      expect.stringContaining("Object is being replaced"),
    ]);
  }
});
