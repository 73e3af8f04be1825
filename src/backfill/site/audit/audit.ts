import type { ActionContext } from "../context.ts";
import { pendingAudit } from "./audit-state.ts";
import { rebuildNext } from "./rebuild.ts";
import { verifyNext } from "./verify.ts";

export { auditTable, auditView, beginAudit, pendingAudit } from "./audit-state.ts";

/** A page of a listing: 1,000 objects with at most 8 KB of metadata each. */
const LISTING_BYTES = 8 * 1024 * 1024;
/** Two reads, of which the first is being decoded; a row group of ours as columns; the footer. */
const VERIFY_BYTES = 12 * 1024 * 1024;

/**
 * Does the next step of the audit. Its result and its progress are committed together: a crash repeats the step.
 * Returns whether a published day has turned out to have no valid object.
 */
export async function stepAudit(context: ActionContext): Promise<boolean> {
  const audit = context.store.tx(pendingAudit);
  if (!audit) return false;
  if (audit.mode === "quick") return verifyNext(context, audit, "quick");
  const bytes = audit.mode === "rebuild" ? LISTING_BYTES : VERIFY_BYTES;
  // An audit belongs to no epoch: it waits until there is memory.
  const memory = await context.isolate.reserve(context, bytes, new AbortController().signal);
  if (!memory) throw new Error("another incarnation of the site has started");
  try {
    if (audit.mode === "full") return await verifyNext(context, audit, "full");
    await rebuildNext(context, audit);
    return false;
  } finally {
    memory.release();
  }
}
