import { cutText } from "../../domain/dropped-rows.ts";
import { POINT_TAGS_CHARS_MAX, POINT_TEXT_CHARS_MAX } from "../../domain/limits.ts";
import { NO_FIELDS, type PointFields } from "../../domain/point-row.ts";

/**
 * The fields of an entry of the list of points. The API does not promise their types: what is not as expected is as if it
 * were missing, for no sample depends on it. `present_value` and `updated` are left out, because they change by themselves.
 */
export function readFields(item: object): PointFields {
  const entry = item as Readonly<Record<string, unknown>>;
  const bacnet = recordOf(entry.bacnet_data) ?? {};
  return {
    ...NO_FIELDS,
    units: textOf(bacnet.object_units),
    description: textOf(bacnet.object_description),
    objectName: textOf(bacnet.object_name),
    objectType: textOf(bacnet.object_type),
    objectIndex: integerOf(bacnet.object_index),
    deviceId: textOf(bacnet.device_id),
    deviceName: textOf(bacnet.device_name),
    deviceAddress: textOf(bacnet.device_address),
    pointType: textOf(entry.point_type),
    kvTags: kvTagsOf(entry.kv_tags),
    markerTags: markerTagsOf(entry.marker_tags),
    collectInterval: integerOf(entry.collect_interval),
    pointId: textOf(entry.id),
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : undefined;
}

/** A text, or a finite number as text; null for an empty text. Half a surrogate pair has no UTF-8. */
function textOf(value: unknown): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : null;
  if (typeof value !== "string") return null;
  return (
    cutText(value.slice(0, 2 * POINT_TEXT_CHARS_MAX).trim(), POINT_TEXT_CHARS_MAX).toWellFormed() || null
  );
}

/** Parquet's INT32 has it. */
const INTEGER_MAX = 2 ** 31 - 1;

function integerOf(value: unknown): number | null {
  return Number.isInteger(value) && Math.abs(value as number) <= INTEGER_MAX ? (value as number) + 0 : null;
}

/** In order of key, so that the text depends on the tags alone. */
function kvTagsOf(value: unknown): string {
  const parts = Object.entries(recordOf(value) ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, tag]) => {
      const text = tagText(tag);
      return text === undefined ? [] : [`${JSON.stringify(key.toWellFormed())}:${text}`];
    });
  return `{${fitting(parts).join(",")}}`;
}

/** The JSON of a tag's value. Lists and objects are left out: no list of points that was seen has them in tags. */
function tagText(tag: unknown): string | undefined {
  if (typeof tag === "string") return JSON.stringify(tag.slice(0, POINT_TAGS_CHARS_MAX).toWellFormed());
  if (typeof tag === "number") return Number.isFinite(tag) ? JSON.stringify(tag) : "null";
  if (typeof tag === "boolean" || tag === null) return JSON.stringify(tag);
  return undefined;
}

function markerTagsOf(value: unknown): string {
  const texts = (Array.isArray(value) ? (value as readonly unknown[]) : []).filter(
    (tag): tag is string => typeof tag === "string" && tag !== "" && tag.length <= POINT_TAGS_CHARS_MAX,
  );
  const tags = [...new Set(texts.map((tag) => tag.toWellFormed()))].sort();
  return `[${fitting(tags.map((tag) => JSON.stringify(tag))).join(",")}]`;
}

/** The first parts that fit into a JSON text of `POINT_TAGS_CHARS_MAX` characters, and later ones that still do. */
function fitting(parts: readonly string[]): string[] {
  let left = POINT_TAGS_CHARS_MAX - 2;
  return parts.filter((part) => {
    const fits = part.length + 1 <= left;
    if (fits) left -= part.length + 1;
    return fits;
  });
}
