import { SQL_VALUE_BYTES_MAX } from "../../../domain/limits.ts";
import { endsOfPeriod, type RollupPeriod, resolutionOf, rollupKey } from "../../../domain/rollup.ts";
import type { PublishableFile, Sql } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import { dropFile, partCount, readPart } from "../ledger/ledger.ts";
import { beginWrite, etagOf, keepDistance, putEmpty, type SeenRollup, seeRollup } from "./clear-rollup.ts";
import { dropBlocks } from "./collected/collected.ts";
import { isBuilt, lackingDays } from "./next-rollup.ts";
import { factsOf } from "./rollup-facts.ts";
import { type RollupHead, rollupMetadata } from "./rollup-head.ts";
import {
  getRollup,
  type NamedDays,
  namedEtag,
  type RollupBuild,
  type RollupObject,
  setRollup,
} from "./rollup-table.ts";
import { PROGRESS } from "./step-failures.ts";

type CompleteBuild = RollupBuild & { readonly file: NonNullable<RollupBuild["file"]> };

/**
 * Puts a roll-up that is complete, and records it once a HEAD has shown it. It replaces an empty roll-up that nothing else
 * replaces, see `clearForDay`: where the key has another object, an empty one is put first. A crash after the put leaves a
 * roll-up that the ledger does not know: the next HEAD finds its SHA-256, and the ledger adopts it.
 */
export async function putRollup(context: ActionContext, period: RollupPeriod): Promise<void> {
  const build = context.store.tx((sql) => completeBuild(sql, period));
  if (!build) return;
  // Memory for the part that is being sent. A roll-up belongs to no epoch: it waits until there is memory.
  const partBytes = Math.min(SQL_VALUE_BYTES_MAX, build.file.bytes);
  const memory = await context.isolate.reserve(context, partBytes, new AbortController().signal);
  if (!memory) throw new Error("another incarnation of the site has started");
  try {
    await put(context, period, build);
  } finally {
    memory.release();
  }
}

async function put(context: ActionContext, period: RollupPeriod, build: CompleteBuild): Promise<void> {
  const { archive, connection, site, store } = context;
  let seen = await seeRollup(context, period);
  if (seen && record(context, period, build, seen)) return;
  if (seen && !isUnused(context, period, seen)) {
    await putEmpty(context, period, etagOf(seen.head));
    seen = await seeRollup(context, period);
  }
  if (!seen || !isUnused(context, period, seen)) throw new Error(CHANGED);
  const empty = seen;
  await keepDistance(context, period);
  const begun = await connection.runExclusive(async () => {
    // No await between the check and the put: no day of the roll-up is being replaced when the put begins.
    const file = store.tx((sql) => beginPut(context, sql, period, build, empty));
    if (!file) return false;
    await archive.publish(rollupKey(site, period), file, etagOf(empty.head));
    return true;
  });
  context.heartbeat();
  if (!begun) return;
  const after = await seeRollup(context, period);
  if (!after || !record(context, period, build, after)) throw new Error(CHANGED);
}

const CHANGED = "the roll-up's object changed while it was being replaced";

const isUnused = ({ store }: ActionContext, period: RollupPeriod, { head }: SeenRollup) =>
  head.kind === "empty" && store.tx((sql) => getRollup(sql, period)).unusedNonce === head.nonce;

/** The file to put, if all its days are as they were. Marks the empty roll-up as used: the put may take effect at any time. */
function beginPut(
  context: ActionContext,
  sql: Sql,
  period: RollupPeriod,
  build: CompleteBuild,
  { version }: SeenRollup,
): PublishableFile | undefined {
  const { clock, site, store } = context;
  const facts = factsOf(sql, period, clock.now());
  if (facts.rollup.version !== version || !isBuilt(facts)) return undefined;
  beginWrite(context, sql, period, undefined);
  const { bytes, sha256 } = build.file;
  const content = { rows: build.position.rows, days: namedDays(build) };
  return {
    bytes,
    sha256,
    metadata: rollupMetadata(site, period, content, new Date(clock.now()).toISOString()),
    *parts() {
      const count = store.tx((part) => partCount(part, period));
      for (let index = 0; index < count; index++) yield store.tx((part) => readPart(part, period, index));
    },
  };
}

/** Records the roll-up if that is what a HEAD has shown. Returns whether the step is over. */
function record(
  context: ActionContext,
  period: RollupPeriod,
  build: CompleteBuild,
  { checkedAt, head, version }: SeenRollup,
): boolean {
  const { clock, log, site, store } = context;
  if (!isFile(head, build)) return false;
  const { object } = head;
  const recorded = store.tx((sql) => {
    const facts = factsOf(sql, period, clock.now());
    if (facts.rollup.version !== version || !isBuilt(facts)) return false;
    dropFile(sql, period);
    setRollup(sql, period, {
      ...PROGRESS,
      version: version + 1,
      object,
      build: undefined,
      requested: undefined,
      wrong: undefined,
      checkedAt,
    });
    const after = factsOf(sql, period, clock.now());
    // They are needed again where days are still to come.
    if (after.over && lackingDays(after).length === 0)
      dropBlocks(sql, resolutionOf(period), ...endsOfPeriod(period));
    return true;
  });
  if (recorded) log("INFO", `Roll-up complete: ${period}`, { site, ...describe(object) });
  return true;
}

const describe = ({ bytes, days, rows }: RollupObject) => ({ bytes, rows, days: Object.keys(days).length });

function isFile(head: RollupHead, build: CompleteBuild): head is Extract<RollupHead, { kind: "rollup" }> {
  if (head.kind !== "rollup") return false;
  const { bytes, days, sha256 } = head.object;
  const named = namedDays(build);
  return (
    bytes === build.file.bytes &&
    sha256 === build.file.sha256 &&
    Object.keys(days).length === Object.keys(named).length &&
    Object.entries(named).every(([date, etag]) => days[date] === etag)
  );
}

function completeBuild(sql: Sql, period: RollupPeriod): CompleteBuild | undefined {
  const { build } = getRollup(sql, period);
  return build?.file && { ...build, file: build.file };
}

const namedDays = ({ days }: RollupBuild): NamedDays =>
  Object.fromEntries(Object.entries(days).map(([date, etag]) => [date, namedEtag(etag)]));
