import type { UtcDay } from "../../../domain/day.ts";
import { parseUtcDay } from "../../../domain/day.ts";
import { periodOf, type RollupPeriod, resolutionOf } from "../../../domain/rollup.ts";
import type { SiteName } from "../../../domain/site.ts";
import type { ObjectHead } from "../../ports.ts";
import type { NamedDays, RollupObject } from "./rollup-table.ts";

/** What the HEAD of a roll-up's key shows. */
export type RollupHead =
  | { readonly kind: "absent" }
  /** An empty roll-up; `nonce` is what tells it from all others. */
  | { readonly kind: "empty"; readonly etag: string; readonly nonce: string }
  | { readonly kind: "rollup"; readonly etag: string; readonly object: RollupObject }
  /** An object whose metadata do not say which days it describes. */
  | { readonly kind: "unknown"; readonly etag: string };

/** Reads what an object says of itself. Others may have written it: nothing of its metadata is taken for granted. Pure. */
export function rollupHead(period: RollupPeriod, head: ObjectHead | undefined): RollupHead {
  if (!head) return { kind: "absent" };
  const { bytes, etag, metadata, sha256 } = head;
  const days = namedDaysOf(metadata.days, period);
  if (!days || metadata.period !== period || sha256 === undefined) return { kind: "unknown", etag };
  if (Object.keys(days).length > 0) {
    if (!/^\d{1,15}$/.test(metadata.record_count ?? "")) return { kind: "unknown", etag };
    return {
      kind: "rollup",
      etag,
      object: { etag, sha256, bytes, rows: Number(metadata.record_count), days },
    };
  }
  return metadata.cleared ? { kind: "empty", etag, nonce: metadata.cleared } : { kind: "unknown", etag };
}

/** Whether the key may have an object that describes the day. */
export function mayDescribe(seen: RollupHead, day: UtcDay): boolean {
  if (seen.kind === "rollup") return seen.object.days[day] !== undefined;
  return seen.kind === "unknown";
}

/** The metadata of a roll-up: enough to know which versions of which days it describes, after the ledger is lost. */
export function rollupMetadata(
  site: SiteName,
  period: RollupPeriod,
  content: { readonly rows: number; readonly days: NamedDays; readonly nonce?: string },
  createdAt: string,
): Record<string, string> {
  return {
    site_name: site,
    period,
    record_count: String(content.rows),
    compression: "SNAPPY",
    created_at: createdAt,
    days: JSON.stringify(content.days),
    ...(content.nonce !== undefined && { cleared: content.nonce }),
  };
}

function namedDaysOf(text: string | undefined, period: RollupPeriod): NamedDays | undefined {
  try {
    const days: unknown = JSON.parse(text ?? "null");
    if (typeof days !== "object" || days === null || Array.isArray(days)) return undefined;
    const ours = Object.entries(days).every(([date, etag]) => {
      const day = parseUtcDay(date);
      return day && periodOf(day, resolutionOf(period)) === period && typeof etag === "string";
    });
    return ours ? (days as NamedDays) : undefined;
  } catch {
    return undefined;
  }
}
