import type { EpochMicros } from "../../domain/day.ts";
import { parseTime } from "../../domain/time.ts";
import { protocolFault } from "../faults.ts";
import { NAMELESS_HASH, nameHash } from "./name-hash.ts";
import { decodeNextPage } from "./next-page.ts";
import { type PageContext, PageRows, type RowCounts, type SamplesPage } from "./page-rows.ts";
import { parseJsonObject } from "./parse-json.ts";

const utf8 = new TextEncoder();

/** Decodes any page, by way of text and objects; takes several times as long as `scanSamples`. */
export function parseSamples(bytes: Uint8Array, context: PageContext): SamplesPage {
  const body = parseJsonObject(bytes, context.parsedBytesMax);
  const samples: unknown = body.point_samples;
  if (!Array.isArray(samples)) throw protocolFault("the page has no array point_samples");
  const nextPage = decodeNextPage(body);
  return { ...readRows(samples, context), ...nextPage };
}

/** Turns parsed rows into columns in one pass. */
function readRows(samples: readonly unknown[], context: PageContext): RowCounts {
  const nameOf = (row: number) => {
    const sample = samples[row] as { readonly name?: unknown } | null | undefined;
    return typeof sample?.name === "string" ? sample.name : undefined;
  };
  let timeText = "";
  const rows = new PageRows(context, samples.length, {
    nameOf,
    timeOf: () => timeText,
    hashOf: (row) => {
      const name = nameOf(row);
      return name === undefined ? NAMELESS_HASH : nameHash(utf8.encode(name));
    },
    unlistedIdOf: (row, names) => names.idOf(nameOf(row) ?? ""),
  });
  let time: EpochMicros | undefined;
  for (const sample of samples) {
    if (!isNamedAndTimed(sample)) {
      rows.addMisshapen(sample);
      continue;
    }
    // Thousands of rows in a row have the same timestamp.
    if (sample.time !== timeText) {
      timeText = sample.time;
      time = parseTime(timeText);
    }
    const id = rows.add(time, context.points.get(sample.name));
    if (id !== undefined && time !== undefined) rows.keepParsed(time, id, sample.value);
  }
  return rows.counts();
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
