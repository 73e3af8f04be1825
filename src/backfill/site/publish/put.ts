import { objectKey } from "../../../domain/layout.ts";
import type { CurrentJob, Sql } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import { takeDueTrack } from "../due/due.ts";
import {
  clearVerification,
  currentWork,
  type Fence,
  getState,
  type Owner,
  setStaging,
} from "../ledger/ledger.ts";
import { type ClearVersions, isStillClear } from "../rollup/rollup.ts";
import { type EncodedDay, objectOf } from "./staged-object.ts";

/** The pause before a Coordinator or a hot storage that did not answer is asked again; hot doubles it each time. */
const PEER_RETRY_MS = 1_000;
const HOT_RETRY_MS_MAX = 60_000;
/** Hot storage that does not answer for so long fails the try. Shorter than the lease of the upload's memory. */
const HOT_WAIT_MS_MAX = 240_000;

/**
 * Puts the file once the Coordinator permits it, after hot storage has stopped vouching for the day. `cleared`: what
 * `clearForDay` has returned. The day does not fail where the Coordinator or hot storage does not answer, but nothing is
 * published without both. They are asked again in another turn of the connection, for which others wait. Throws after a hot
 * storage that has not answered for some minutes.
 */
export async function putWithPermission(
  context: ActionContext,
  day: EncodedDay,
  expected: string,
  cleared: ClearVersions,
): Promise<"published" | "changed" | "denied" | "roll-up written"> {
  const { clock, connection, fence } = context;
  const beganAt = clock.now();
  let hotRetryMs = PEER_RETRY_MS;
  while (!fence.signal.aborted) {
    const put = await connection.runExclusive(() => tryPut(context, day, expected, cleared));
    if (typeof put === "string" && put !== "no answer") return put;
    context.heartbeat();
    if (put === "no answer") {
      await clock.sleep(PEER_RETRY_MS, fence.signal);
      continue;
    }
    if (clock.now() - beganAt >= HOT_WAIT_MS_MAX) throw put;
    await clock.sleep(hotRetryMs, fence.signal);
    hotRetryMs = Math.min(hotRetryMs * 2, HOT_RETRY_MS_MAX);
  }
  return "denied";
}

/** One try, in one turn of the connection; an error if hot storage did not answer. */
async function tryPut(
  context: ActionContext,
  day: EncodedDay,
  expected: string,
  cleared: ClearVersions,
): Promise<"published" | "changed" | "denied" | "roll-up written" | "no answer" | Error> {
  const { archive, coordinator, fence, site, store, vouching } = context;
  const current = () => coordinator.current().catch(() => undefined);
  const isInHot = store.tx((sql) => day.date >= (getState(sql, "hotFrom") ?? NEVER));
  if (vouching && isInHot) {
    // Asked before as well: hot reads a day again that it has stopped vouching for, also where no put follows.
    const wanted = await current();
    if (!wanted) return "no answer";
    if (!store.tx((sql) => permitted(sql, fence, day, wanted))) return deny(context, wanted);
    try {
      await vouching.stopVouching(site, day.date);
    } catch (fault) {
      return new Error(`hot storage did not stop vouching for the day: ${(fault as Error).message}`);
    }
  }
  const wanted = await current();
  if (!wanted) return "no answer";
  // No await between permission, mark and put: when a cancel has been answered, no put can start any more.
  const owner = beginPut(context, day, wanted, cleared);
  if (!owner) return deny(context, wanted);
  if (owner === "roll-up written") return owner;
  return archive.publish(objectKey(site, day.date), objectOf(context, owner, day), expected);
}

/** Later than any day. */
const NEVER = "9999-99-99";

/**
 * The owner to publish for, if it is permitted, and no roll-up describes the day. Marks the day: from now on its object may
 * change, and no roll-up of it is put.
 */
function beginPut(
  { fence, store }: ActionContext,
  day: EncodedDay,
  wanted: CurrentJob,
  cleared: ClearVersions,
): Owner | "roll-up written" | undefined {
  return store.tx((sql) => {
    const owner = permitted(sql, fence, day, wanted);
    if (!owner) return undefined;
    if (!isStillClear(sql, day.date, cleared)) return "roll-up written";
    setStaging(sql, day.date, "replacing", true);
    clearVerification(sql, day.date);
    return owner;
  });
}

/** The owner to publish for, if Coordinator and site agree on it. */
function permitted(sql: Sql, fence: Fence, day: EncodedDay, wanted: CurrentJob): Owner | undefined {
  const { backfillId, desired, due, epoch } = wanted;
  const owner = currentWork(sql, fence, day)?.owner;
  if (fence.track === "due") return due?.epoch === fence.epoch && !due.paused ? owner : undefined;
  const isWanted = epoch === fence.epoch && desired === "run" && backfillId === owner?.backfillId;
  return isWanted ? owner : undefined;
}

/** Learns of a pause, or its end, from the answer that did not permit the put. */
function deny(context: ActionContext, { due }: CurrentJob): "denied" {
  if (due) context.store.tx((sql) => takeDueTrack(context, sql, due));
  return "denied";
}
