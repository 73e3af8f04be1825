import { createHash } from "node:crypto";
import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import { periodsOfDay, type RollupPeriod, rollupKey } from "../../../domain/rollup.ts";
import { encodeRollupFooter } from "../../../parquet/rollup/rollup.ts";
import type { PublishableFile, Sql } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import { mayDescribe, type RollupHead, rollupHead, rollupMetadata } from "./rollup-head.ts";
import { getRollup, setRollup } from "./rollup-table.ts";

/** R2 takes one write a second of a key; this leaves room for the way of a request. */
const WRITE_DISTANCE_MS = 1_100;
/** HEADs before a day's put gives way to work on the roll-up, and is tried again. */
const CLEAR_TRIES = 3;

/** What a HEAD has shown, while the ledger has had one version of its account. */
export interface SeenRollup {
  readonly head: RollupHead;
  readonly version: number;
  /** When it was shown; undefined where somebody has meanwhile asked for a check, which this HEAD may not answer. */
  readonly checkedAt: EpochMs | undefined;
}

/** Asks for the roll-up by HEAD. undefined: the object was written meanwhile, so that the answer may be old. */
export async function seeRollup(
  context: ActionContext,
  period: RollupPeriod,
): Promise<SeenRollup | undefined> {
  const { archive, clock, site, store } = context;
  const known = () => store.tx((sql) => getRollup(sql, period));
  const { version, checksRequested } = known();
  const head = rollupHead(period, await archive.head(rollupKey(site, period)));
  context.heartbeat();
  const now = known();
  if (now.version !== version) return undefined;
  return { head, version, checkedAt: now.checksRequested === checksRequested ? clock.now() : undefined };
}

/** The versions of the ledger's accounts of a day's roll-ups, in the order of `periodsOfDay`. */
export type ClearVersions = readonly number[];

/**
 * To be called before a day's object is put: clears the roll-ups of its periods that describe the day, or that a put which may
 * still take effect could make describe it. Such a put replaces an empty roll-up that no other object is like: it can't take
 * effect any more once the key has another object. Returns what `isStillClear` needs. Throws where R2 does not answer.
 *
 * A crash leaves an empty roll-up: the days of the period are read from their own objects, and it is made again.
 */
export async function clearForDay(context: ActionContext, date: UtcDay): Promise<ClearVersions> {
  const versions: number[] = [];
  for (const period of periodsOfDay(date)) versions.push(await clearPeriod(context, period, date));
  return versions;
}

/** Whether nothing has been written since `clearForDay`. To be called in the transaction that marks the day as replaced. */
export const isStillClear = (sql: Sql, date: UtcDay, versions: ClearVersions) =>
  periodsOfDay(date).every((period, at) => getRollup(sql, period).version === versions[at]);

async function clearPeriod(context: ActionContext, period: RollupPeriod, date: UtcDay): Promise<number> {
  const { store } = context;
  for (let tries = 0; tries < CLEAR_TRIES; tries++) {
    const seen = await seeRollup(context, period);
    if (!seen) continue;
    const cleared = store.tx((sql) => recordClear(sql, period, date, seen));
    if (cleared !== undefined) return cleared;
    const put = await putEmpty(context, period, etagOf(seen.head));
    if (put.result === "published") return put.version;
  }
  throw new Error(`the roll-up of ${period} was written while it was being cleared`);
}

/** The version of the ledger's account, if the key has no roll-up of the day and can't come to have one. */
function recordClear(
  sql: Sql,
  period: RollupPeriod,
  date: UtcDay,
  { head, version }: SeenRollup,
): number | undefined {
  const rollup = getRollup(sql, period);
  if (rollup.version !== version || mayDescribe(head, date)) return undefined;
  if (head.kind === "empty" && head.nonce !== rollup.unusedNonce) return undefined;
  const { object } = rollup;
  if (!object || (head.kind === "rollup" && head.etag === object.etag)) return version;
  // The ledger had another account of it: somebody has deleted or replaced the object.
  return setRollup(sql, period, { object: undefined, version: version + 1 }).version;
}

/**
 * Puts an empty roll-up in place of `expected`. Its nonce makes its etag unlike any other, so that the put of a roll-up
 * that replaces it can take effect only while it is there. `version` is that of the ledger's account from now on.
 */
export async function putEmpty(
  context: ActionContext,
  period: RollupPeriod,
  expected: string,
): Promise<{ readonly result: "published" | "changed"; readonly version: number }> {
  const { archive, clock, connection, site, store } = context;
  const nonce = `${clock.now()}-${Math.floor(clock.random() * 1e9).toString(36)}`;
  const file = emptyFile(context, period, nonce);
  await keepDistance(context, period);
  return connection.runExclusive(async () => {
    const version = store.tx((sql) => beginWrite(context, sql, period, nonce));
    const result = await archive.publish(rollupKey(site, period), file, expected);
    context.heartbeat();
    store.tx((sql) =>
      setRollup(sql, period, {
        writtenAt: clock.now(),
        ...(result === "published" && { wrong: undefined }),
      }),
    );
    return { result, version };
  });
}

/** Waits until the object may be written again. */
export async function keepDistance({ clock, store }: ActionContext, period: RollupPeriod): Promise<void> {
  const { writtenAt } = store.tx((sql) => getRollup(sql, period));
  const leftMs = (writtenAt ?? Number.NEGATIVE_INFINITY) + WRITE_DISTANCE_MS - clock.now();
  // More than the distance is left where the clock has stepped back.
  if (leftMs > 0) await clock.sleep(Math.min(leftMs, WRITE_DISTANCE_MS));
}

/**
 * Committed before an object is put: from now on the ledger knows of no roll-up. `unusedNonce`: of the empty one that is
 * put; undefined where a roll-up is.
 */
export function beginWrite(
  { clock }: ActionContext,
  sql: Sql,
  period: RollupPeriod,
  unusedNonce: string | undefined,
): number {
  const version = getRollup(sql, period).version + 1;
  setRollup(sql, period, { version, unusedNonce, object: undefined, writtenAt: clock.now() });
  return version;
}

export const etagOf = (head: RollupHead) => (head.kind === "absent" ? "absent" : head.etag);

function emptyFile({ clock, site }: ActionContext, period: RollupPeriod, nonce: string): PublishableFile {
  const bytes = encodeRollupFooter([], { site, period, days: [], emptyDays: [], cleared: nonce });
  return {
    bytes: bytes.byteLength,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    metadata: rollupMetadata(site, period, { rows: 0, days: {}, nonce }, new Date(clock.now()).toISOString()),
    parts: () => [bytes],
  };
}
