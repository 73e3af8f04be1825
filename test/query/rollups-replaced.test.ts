import { beforeAll, describe, expect, test } from "vitest";
import type { QueryAnswer } from "../../src/contract/query.ts";
import type { ObjectKey } from "../../src/domain/layout.ts";
import type { RollupPeriod } from "../../src/domain/rollup.ts";
import { dayFile, SITE } from "../support/query/archive.ts";
import { MemoryArchive } from "../support/query/memory-archive.ts";
import { clearedRollup } from "../support/query/rollup-file.ts";
import { SqliteHot } from "../support/query/sqlite-hot.ts";
import { type ArchivedDay, DAYS, dayAt, fullDay, NAMES } from "./archives.ts";
import { costOf } from "./check-answer.ts";
import { isolateOver, QueryWorker, type Reply } from "./query-worker.ts";
import { dayKeyOf, daysOfPeriod, keyOf, MONTHS, PERIODS, rollupOf, startOf } from "./rollups.ts";

/** The first and the last have a part of an hour in the range, and are never read from a roll-up by the hour. */
const NTHS = Array.from({ length: DAYS }, (_, nth) => nth);
const POINTS = [NAMES[10], NAMES[0], NAMES[5]] as string[];

/** Two versions of each day's object, with other values, and other points. */
const VERSIONS = ["first", "second"] as const;
type Version = (typeof VERSIONS)[number];
const ARCHIVES: Record<Version, readonly ArchivedDay[]> = {
  first: NTHS.map((nth) => fullDay(nth, 60, 50, 1)),
  second: NTHS.map((nth) => {
    const day = fullDay(nth, 60, 50, 2);
    return { ...day, samples: (day.samples ?? []).filter(({ point }) => point !== 5 || nth % 2 === 0) };
  }),
};
const filesOf = (version: Version): readonly Uint8Array[] =>
  ARCHIVES[version].map(({ samples = [] }, nth) => dayFile(dayAt(nth), NAMES, samples, 100).bytes);
const FILES: Record<Version, readonly Uint8Array[]> = { first: filesOf("first"), second: filesOf("second") };

const queryOf = (...aggregation: string[][]) =>
  new URLSearchParams([
    ["site_name", SITE],
    ["start_time", String(startOf(0) + 1_800_000)],
    ["end_time", String(startOf(DAYS) - 1)],
    ...POINTS.map((point) => ["point_names", point]),
    ...aggregation,
  ]);

/** A resolution: a query that it answers, the roll-ups of the archive, and two of them in which events happen. */
interface Resolution {
  readonly query: URLSearchParams;
  readonly periods: readonly RollupPeriod[];
  readonly first: RollupPeriod;
  readonly second: RollupPeriod;
}
const [Q3, Q4, SEPTEMBER, OCTOBER] = PERIODS as [RollupPeriod, RollupPeriod, RollupPeriod, RollupPeriod];
const RESOLUTIONS = {
  // Where they lack days, months of samples have them.
  "roll-ups by the hour": {
    query: queryOf(["interval", "1hr"], ["agg", "sum"]),
    periods: PERIODS,
    first: Q3,
    second: Q4,
  },
  "raw roll-ups": { query: queryOf(), periods: MONTHS, first: SEPTEMBER, second: OCTOBER },
} as const satisfies Record<string, Resolution>;

/** Roll-ups that have been made, by what they are made of. */
const made = new Map<string, Uint8Array>();

/** A bucket whose days are changed as the site's object does it, or as an operator may. */
class Bucket extends MemoryArchive {
  readonly versions: Version[] = NTHS.map(() => "first");
  /** How often each day was replaced. */
  readonly replaced: number[] = NTHS.map(() => 0);
  readonly resolution: Resolution;

  constructor(resolution: Resolution) {
    super();
    this.resolution = resolution;
    for (const nth of NTHS) this.place(dayKeyOf(nth), FILES.first[nth] as Uint8Array);
    for (const period of resolution.periods) this.make(period);
  }

  /** Makes the roll-up of the period from the present objects. */
  make(period: RollupPeriod, nths = daysOfPeriod(period)): void {
    const title = [period, this.versions, nths].join();
    const archive = NTHS.map((nth) => ARCHIVES[this.versions[nth] as Version][nth] as ArchivedDay);
    const bytes = made.get(title) ?? rollupOf(period, archive, nths, 40).bytes;
    made.set(title, bytes);
    this.place(keyOf(period), bytes);
  }

  clear(period: RollupPeriod): void {
    this.place(keyOf(period), clearedRollup(period));
  }

  /** The roll-ups of a day are cleared before its object is replaced. */
  replaceDay(nth: number): void {
    for (const period of PERIODS) if (daysOfPeriod(period).includes(nth)) this.clear(period);
    this.versions[nth] = this.versions[nth] === "first" ? "second" : "first";
    this.replaced[nth] = (this.replaced[nth] ?? 0) + 1;
    this.place(dayKeyOf(nth), FILES[this.versions[nth] as Version][nth] as Uint8Array);
  }
}

const rowsOf = ({ status, body }: Reply): string[] => {
  expect(status, new TextDecoder().decode(body.subarray(0, 400))).toBe(200);
  const { samples } = JSON.parse(new TextDecoder().decode(body)) as QueryAnswer;
  return NTHS.map((nth) =>
    samples
      .filter(({ timestamp }) => timestamp.startsWith(dayAt(nth)))
      // Neither way of adding is more right than the other.
      .map(({ point_name, timestamp, value }) => [point_name, timestamp, value?.toPrecision(12)].join(" "))
      .join("\n"),
  );
};

/** The rows of each day by its versions, from the day files alone, which `test/query/answers.test.ts` compares with DuckDB. */
const expected = new Map<Resolution, Record<Version, readonly string[]>>();
beforeAll(async () => {
  for (const resolution of Object.values(RESOLUTIONS)) {
    const rows = async (version: Version) => {
      const bucket = new MemoryArchive();
      for (const nth of NTHS) bucket.place(dayKeyOf(nth), FILES[version][nth] as Uint8Array);
      return rowsOf(await isolateOver(bucket).get("/timeseries/query", resolution.query));
    };
    expected.set(resolution, { first: await rows("first"), second: await rows("second") });
  }
});

/** The version of each day in an answer; fails where a day is of none of both. */
function versionsIn(resolution: Resolution, reply: Reply): Version[] {
  const rows = rowsOf(reply);
  const { metadata } = JSON.parse(new TextDecoder().decode(reply.body)) as QueryAnswer;
  expect(metadata).toMatchObject(costOf(reply));
  expect(metadata.days_from.rollup + metadata.days_from.cold).toBe(DAYS);
  return rows.map((ofDay, nth) => {
    const alike = VERSIONS.filter((version) => expected.get(resolution)?.[version][nth] === ofDay);
    expect(alike, `${dayAt(nth)} is of one version`).toHaveLength(1);
    return alike[0] as Version;
  });
}

type Event = (bucket: Bucket, nextRequest: (then: () => void) => void) => void;

/** What happens between two requests. The third way makes the roll-up again before the next request. */
const EVENTS: Readonly<Record<string, Event>> = {
  "its roll-up is deleted": (bucket) => bucket.remove(keyOf(bucket.resolution.first)),
  "all roll-ups are deleted": (bucket) => {
    for (const period of bucket.resolution.periods) bucket.remove(keyOf(period));
  },
  "its roll-up is cleared": (bucket) => bucket.clear(bucket.resolution.first),
  "all roll-ups are cleared": (bucket) => {
    for (const period of bucket.resolution.periods) bucket.clear(period);
  },
  "its roll-up is made of fewer days": (bucket) => bucket.make(bucket.resolution.first, [2]),
  "a day inside is replaced": (bucket) => bucket.replaceDay(1),
  "a day of the other period is replaced": (bucket) => bucket.replaceDay(4),
  "the first day is replaced": (bucket) => bucket.replaceDay(0),
  "all days are replaced": (bucket) => {
    for (const nth of NTHS) bucket.replaceDay(nth);
  },
  "a day is replaced, and the roll-up is made again": (bucket) => {
    bucket.replaceDay(2);
    bucket.make(bucket.resolution.first);
  },
  "a day is replaced, and the roll-up is made again after the next request": (bucket, nextRequest) => {
    bucket.replaceDay(2);
    nextRequest(() => bucket.make(bucket.resolution.first));
  },
  "all days are replaced, one roll-up is made again, and cleared for another day": (bucket, nextRequest) => {
    for (const nth of NTHS) bucket.replaceDay(nth);
    bucket.make(bucket.resolution.second);
    nextRequest(() => bucket.replaceDay(5));
  },
};

interface Isolate {
  readonly bucket: Bucket;
  readonly worker: QueryWorker;
}

const ISOLATES: Readonly<Record<string, (resolution: Resolution) => Promise<Isolate>>> = {
  "nothing known": async (resolution) => {
    const bucket = new Bucket(resolution);
    return { bucket, worker: isolateOver(bucket) };
  },
  "indexes known": async (resolution) => {
    const bucket = new Bucket(resolution);
    const worker = isolateOver(bucket);
    await worker.get("/timeseries/query", resolution.query);
    return { bucket, worker };
  },
  "outdated indexes in the cache": async (resolution) => {
    const cache = new Map<string, Uint8Array>();
    const old = new Bucket(resolution);
    for (const nth of NTHS) old.replaceDay(nth);
    for (const period of resolution.periods) old.make(period);
    await isolateOver(old, cache).get("/timeseries/query", resolution.query);
    const bucket = new Bucket(resolution);
    return { bucket, worker: isolateOver(bucket, cache) };
  },
};

describe.each(Object.entries(RESOLUTIONS))("%s", (_, resolution: Resolution) => {
  const { query, first, periods } = resolution;
  const workerOver = (bucket: Bucket, nowMs = () => Date.UTC(2024, 11, 1), faults: string[] = []) =>
    new QueryWorker({
      bucket,
      hot: new SqliteHot(),
      get nowMs() {
        return nowMs();
      },
      hotDays: 20,
      onDamaged: (key, { message }) => faults.push(`${key} ${message}`),
    });
  const ALL_FIRST = NTHS.map(() => "first");

  describe.each(Object.keys(ISOLATES))("with %s", (known) => {
    const isolate = () => (ISOLATES[known] as (of: Resolution) => Promise<Isolate>)(resolution);

    test.each(Object.keys(EVENTS))(
      "each day is of one version, without hole or double, when before any request %s",
      async (title) => {
        const event = EVENTS[title] as Event;
        const undisturbed = await isolate();
        const { requests } = await undisturbed.worker.get("/timeseries/query", query);
        const used = [first, resolution.second].map(keyOf);
        expect(requests.map(({ key }) => key)).toEqual(expect.arrayContaining(used));
        for (let nth = 0; nth < requests.length; nth++) {
          const { bucket, worker } = await isolate();
          const later: { at: number; then: () => void }[] = [];
          bucket.before = (request) => {
            for (const { at, then } of later.splice(0)) request >= at ? then() : later.push({ at, then });
            if (request === nth) event(bucket, (then) => later.push({ at: request + 1, then }));
          };
          const versions = versionsIn(resolution, await worker.get("/timeseries/query", query));
          // A day that was not replaced has its only version; one that was replaced before the first request the new one.
          for (const at of NTHS) {
            if (bucket.replaced[at] === 0) expect(versions[at]).toBe("first");
            else if (bucket.replaced[at] === 1 && nth === 0) expect(versions[at]).toBe("second");
          }
        }
      },
    );
  });

  test("that is replaced at every request is left alone, and its days are read from elsewhere", async () => {
    const bucket = new Bucket(resolution);
    let times = 0;
    bucket.before = (_, key: ObjectKey) => {
      if (key === keyOf(first)) bucket.make(first, times++ % 2 === 0 ? [1, 2] : [1, 2, 3]);
    };
    const reply = await isolateOver(bucket).get("/timeseries/query", query);
    expect(versionsIn(resolution, reply)).toEqual(ALL_FIRST);
    const { metadata } = JSON.parse(new TextDecoder().decode(reply.body)) as QueryAnswer;
    // Where September's hours are replaced, its samples answer from the first day on that the hours described.
    const ofDayFiles = first === Q3 ? 2 : 4;
    expect(metadata.days_from).toEqual({ rollup: DAYS - ofDayFiles, cold: ofDayFiles, hot: 0 });
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ["is no Parquet file", () => new Uint8Array(2_000)],
    ["is cut off", (bytes) => bytes.slice(0, -100)],
    ["is empty", () => new Uint8Array()],
    ["has a damaged index", (bytes) => bytes.fill(0, bytes.length - 900, bytes.length - 400)],
    ["has damaged row groups", (bytes) => bytes.fill(0x5a, 4, bytes.length - 6_000)],
  ])(
    "of which one %s: it is reported with its key once a minute, and its days are read from elsewhere",
    async (_, damage) => {
      const bucket = new Bucket(resolution);
      const { bytes } = bucket.objects.get(keyOf(first)) ?? { bytes: new Uint8Array() };
      bucket.place(keyOf(first), damage(bytes.slice()));
      const faults: string[] = [];
      const worker = workerOver(bucket, undefined, faults);
      const answers = [];
      for (let nth = 0; nth < 2; nth++) answers.push(await worker.get("/timeseries/query", query));
      for (const answer of answers) expect(versionsIn(resolution, answer)).toEqual(ALL_FIRST);
      expect(faults).toEqual([expect.stringContaining(keyOf(first))]);
      expect(answers[1]?.requests.filter(({ key }) => key === keyOf(first))).toEqual([]);
    },
  );

  test("that the archive lacks take one request more each, and none within the next minute", async () => {
    const bucket = new Bucket(resolution);
    for (const period of periods) bucket.remove(keyOf(period));
    let nowMs = Date.UTC(2024, 11, 1);
    const worker = workerOver(bucket, () => nowMs);
    const lookUps = async () => {
      const { requests } = await worker.get("/timeseries/query", query);
      return requests.filter(({ key }) => PERIODS.some((period) => keyOf(period) === key)).length;
    };
    expect(await lookUps()).toBe(periods.length);
    expect(await lookUps()).toBe(0);
    nowMs += 59_999;
    expect(await lookUps()).toBe(0);
    nowMs += 1;
    expect(await lookUps()).toBe(periods.length);
    // A roll-up that is made in the meantime is used after a minute at the latest.
    for (const period of periods) bucket.make(period);
    nowMs += 60_000;
    expect(versionsIn(resolution, await worker.get("/timeseries/query", query))).toEqual(ALL_FIRST);
  });
});
