import type { EpochMicros } from "../../domain/day.ts";
import { parseTime } from "../../domain/time.ts";
import { protocolFault } from "../faults.ts";
import { parseJsonObject } from "./json.ts";
import { NAMELESS_HASH, nameHash } from "./name-hash.ts";
import { decodeWay, type Way } from "./next-page.ts";
import { type PageContext, PageRows, type Tally } from "./page-rows.ts";
import { scanSamples } from "./scan.ts";

export type { PageContext } from "./page-rows.ts";

/** A page of samples, decoded. */
export interface SamplesPage extends Tally, Way {}

/**
 * Decodes a response of `timeseries/paginated`. Throws `VendorFault`: "truncated" or "malformed" for bad JSON,
 * "too-large" for more of it than is parsed, "protocol" for JSON that isn't a page, and for times that do not ascend:
 * cursors count rows of the last timestamp, which means nothing in a page without order.
 */
export function decodeSamples(body: Uint8Array, context: PageContext): SamplesPage {
  return scanSamples(body, context) ?? parseSamples(body, context);
}

/** The same by way of text and objects, which takes any page, and several times as long. */
export function parseSamples(bytes: Uint8Array, context: PageContext): SamplesPage {
  const body = parseJsonObject(bytes);
  const samples: unknown = body.point_samples;
  if (!Array.isArray(samples)) throw protocolFault("the page has no array point_samples");
  const way = decodeWay(body);
  return { ...readRows(samples, context), ...way };
}

/** One pass from parsed rows to columns. Parsed objects die with the page; only numbers leave here. */
function readRows(samples: readonly unknown[], context: PageContext): Tally {
  const rows = new PageRows(context, samples.length);
  let timeText = "";
  let time: EpochMicros | undefined;
  for (const sample of samples) {
    if (!isNamedAndTimed(sample)) {
      rows.addMisshapen();
      continue;
    }
    // Thousands of rows in a row carry the same timestamp.
    if (sample.time !== timeText) {
      timeText = sample.time;
      time = parseTime(timeText);
    }
    const id = context.points.get(sample.name);
    if (rows.wants(time, id) && time !== undefined && id !== undefined) rows.take(time, id, sample.value);
  }
  return rows.tally((row) => {
    const sample = samples[row] as { readonly name?: unknown } | null | undefined;
    return typeof sample?.name === "string" ? nameHash(sample.name) : NAMELESS_HASH;
  });
}

interface WireSample {
  readonly name: string;
  readonly time: string;
  readonly value: unknown;
}

function isNamedAndTimed(sample: unknown): sample is WireSample {
  if (typeof sample !== "object" || sample === null) return false;
  const { name, time } = sample as Partial<WireSample>;
  return typeof name === "string" && typeof time === "string";
}
