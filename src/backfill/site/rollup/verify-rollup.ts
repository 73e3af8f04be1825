import { createHash } from "node:crypto";
import type { AsyncBuffer } from "hyparquet";
import { DAY_MS, type UtcDay, utcDayOf } from "../../../domain/day.ts";
import {
  endsOfPeriod,
  isInRange,
  type RollupPeriod,
  resolutionOf,
  rollupKey,
} from "../../../domain/rollup.ts";
import { FileUnreadable } from "../../../parquet/read/read.ts";
import { rollupPoints, rollupSamples } from "../../../parquet/rollup/rollup.ts";
import type { RollupRange } from "../../job/job.ts";
import type { ObjectHead } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import { objectVersions } from "../ledger/ledger.ts";
import { seeRollup } from "./clear-rollup.ts";
import { isWrong, type PeriodFacts } from "./next-rollup.ts";
import { factsOf, periodFacts } from "./rollup-facts.ts";
import { rollupHead } from "./rollup-head.ts";
import { getRollup, namedEtag, type RollupObject, setRollup } from "./rollup-table.ts";

const READ_BYTES = 4 * 1024 * 1024;

/** The first period after `after` whose roll-up the ledger knows, of those that have a day of the range. */
export function periodToVerify(
  context: ActionContext,
  after: string,
  range: RollupRange,
): RollupPeriod | undefined {
  const facts = context.store.tx((sql) => periodFacts(sql, context.clock.now()));
  return facts.find(
    ({ period, rollup }) => rollup.object !== undefined && period > after && isInRange(period, range),
  )?.period;
}

/**
 * Compares a roll-up with the ledger: `quick` by HEAD, `full` by every byte and the counts of each day. Returns what is
 * wrong; such a roll-up is cleared, and made again. Throws where R2 can't be read.
 */
export async function verifyRollup(
  context: ActionContext,
  period: RollupPeriod,
  mode: "quick" | "full",
): Promise<string | undefined> {
  const { clock, store } = context;
  const seen = await seeRollup(context, period);
  const facts = store.tx((sql) => factsOf(sql, period, clock.now()));
  // Its object was written meanwhile: another audit will verify what it has become.
  if (!seen || !facts.rollup.object || facts.rollup.version !== seen.version) return undefined;
  const { object } = facts.rollup;
  const problem =
    headProblem(facts, object, seen.head.kind === "rollup" ? seen.head.object : undefined) ??
    (mode === "full" ? await contentProblem(context, facts, object) : undefined);
  store.tx((sql) => {
    if (getRollup(sql, period).version !== seen.version) return;
    if (problem === undefined) setRollup(sql, period, { checkedAt: seen.checkedAt });
    else setRollup(sql, period, { version: seen.version + 1, object: undefined, wrong: true });
  });
  return problem;
}

function headProblem(
  facts: PeriodFacts,
  known: RollupObject,
  found: RollupObject | undefined,
): string | undefined {
  if (!found) return "the roll-up is missing";
  if (found.bytes !== known.bytes) return `${found.bytes} bytes, ${known.bytes} in the ledger`;
  if (found.sha256 !== known.sha256) return "its hash differs from the ledger's";
  const other = Object.entries(found.days).find(([date, etag]) => {
    const object = facts.objects.get(date as UtcDay);
    return object === undefined || namedEtag(object.etag) !== etag;
  });
  return other && `it describes another object of ${other[0]} than the ledger`;
}

/** Hashes every byte, decodes every row, and compares the samples of each day with the ledger. In bounded memory. */
async function contentProblem(
  context: ActionContext,
  { objects, period }: PeriodFacts,
  { bytes: size, days, etag, sha256 }: RollupObject,
): Promise<string | undefined> {
  const { archive, site } = context;
  const key = rollupKey(site, period);
  const slice = async (start: number, end = size): Promise<ArrayBuffer> => {
    const part = await archive.read(key, { offset: start, length: end - start }, { ifMatch: etag });
    if (!part?.bytes) throw new Error(`${key} was replaced while it was read`);
    context.heartbeat();
    return part.bytes.slice().buffer as ArrayBuffer;
  };
  const hash = createHash("sha256");
  for (let offset = 0; offset < size; offset += READ_BYTES)
    hash.update(new Uint8Array(await slice(offset, Math.min(offset + READ_BYTES, size))));
  if (hash.digest("hex") !== sha256) return "the content differs from its hash";
  const counts = new Map<number, number>();
  try {
    for await (const { ms, count } of countedRows(period, { byteLength: size, slice })) {
      for (let row = 0; row < ms.length; row++) {
        const day = Math.floor((ms[row] as number) / DAY_MS);
        counts.set(day, (counts.get(day) ?? 0) + (count?.[row] ?? 1));
      }
    }
  } catch (fault) {
    // A failed read says nothing about the file: the step is repeated.
    if (!(fault instanceof FileUnreadable)) throw fault;
    return `it can't be read: ${fault.message}`;
  }
  const byDate = new Map([...counts].map(([day, count]) => [utcDayOf(day * DAY_MS), count]));
  for (const date of new Set([...(Object.keys(days) as UtcDay[]), ...byDate.keys()])) {
    const [found, expected] = [byDate.get(date) ?? 0, days[date] ? (objects.get(date)?.records ?? 0) : 0];
    if (found !== expected) return `${found} samples of ${date}, ${expected} in the ledger`;
  }
  return undefined;
}

/** The times of a file's rows, part by part, and how many samples each row has; without `count` one. */
async function* countedRows(
  period: RollupPeriod,
  file: AsyncBuffer,
): AsyncGenerator<{ readonly ms: Float64Array; readonly count?: Float64Array }> {
  if (resolutionOf(period) === "raw") yield* rollupSamples(file);
  else for await (const { hours } of rollupPoints(file)) yield hours;
}

/**
 * Takes a roll-up over that a listing has shown, if the objects that it describes are those of the ledger. If not, it is
 * cleared, and the problem is returned. An empty one is not trusted: a put that replaces it may have begun.
 */
export function adoptRollup(
  context: ActionContext,
  period: RollupPeriod,
  head: ObjectHead,
): string | undefined {
  const { clock, store } = context;
  return store.tx((sql) => {
    const rollup = getRollup(sql, period);
    const version = rollup.version + 1;
    const seen = rollupHead(period, head);
    if (seen.kind === "empty") {
      setRollup(sql, period, { version, object: undefined, unusedNonce: undefined, wrong: undefined });
      return undefined;
    }
    const objects = objectVersions(sql, ...endsOfPeriod(period));
    const known = { ...rollup, object: seen.kind === "rollup" ? seen.object : undefined, wrong: undefined };
    const facts = { period, rollup: known, objects, days: objects, collected: new Map(), over: true };
    if (seen.kind !== "rollup" || isWrong(facts)) {
      setRollup(sql, period, { version, object: undefined, wrong: true });
      return "it describes other objects of its days than R2 has";
    }
    setRollup(sql, period, { version, object: seen.object, wrong: undefined, checkedAt: clock.now() });
    return undefined;
  });
}

/** A listing has shown that none of the other periods has a roll-up. */
export function forgetRollups(context: ActionContext, listed: readonly string[]): string[] {
  return context.store.tx((sql) =>
    periodFacts(sql, context.clock.now()).flatMap(({ period, rollup: { object, version } }) => {
      if (listed.includes(period)) return [];
      setRollup(sql, period, { version: version + 1, object: undefined, wrong: undefined });
      return object ? [period] : [];
    }),
  );
}
