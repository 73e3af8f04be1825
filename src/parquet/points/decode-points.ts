import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { DAY_MS, utcDayOf } from "../../domain/day.ts";
import { POINT_TAGS_CHARS_MAX, POINT_TEXT_CHARS_MAX } from "../../domain/limits.ts";
import { readPointName } from "../../domain/point-name.ts";
import { NO_FIELDS, type PointFields, type PointRow } from "../../domain/point-row.ts";
import { FileUnreadable } from "../read/read.ts";

/** Names keep a byte order mark at their beginning, which decoders remove by default. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const PARSERS = {
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes),
  dateFromDays: (days: number) => days,
};

type Raw = Readonly<Record<string, unknown>>;

/**
 * The rows of a points file, row group by row group; memory is one row group. Columns that the file does not have are as if
 * they were null, so that files of other versions can be read. Rows without a usable name or without days are left out.
 * Throws `FileUnreadable`. An error of `file.slice` is passed on unchanged, because it says nothing about the file.
 */
export async function* decodePoints(file: AsyncBuffer): AsyncGenerator<readonly PointRow[]> {
  let failure: { readonly error: unknown } | undefined;
  const slice = async (start: number, end?: number) => {
    try {
      return await file.slice(start, end);
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  const observed = { byteLength: file.byteLength, slice };
  const read = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      if (failure) throw failure.error;
      throw new FileUnreadable(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  };
  const options = { parsers: PARSERS, geoparquet: false };
  const metadata = await read(() => parquetMetadataAsync(observed, options));
  const names = new Set(metadata.schema.map(({ name }) => name));
  const missing = ["point_name", "first_seen", "last_seen"].find((name) => !names.has(name));
  if (missing) throw new FileUnreadable(`it has no column ${missing}`);
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    const from = rowStart;
    const rows = await read(() =>
      parquetReadObjects({ file: observed, metadata, rowStart: from, rowEnd, parsers: PARSERS }),
    );
    yield rows.flatMap((row) => rowOf(row) ?? []);
    rowStart = rowEnd;
  }
}

function rowOf(raw: Raw): PointRow | undefined {
  const { point_name: name, first_seen: first, last_seen: last } = raw;
  if (typeof name !== "string" || readPointName(name).kind === "unusable") return undefined;
  const [firstSeen, lastSeen] = [dayOf(first), dayOf(last)];
  if (!firstSeen || !lastSeen || lastSeen < firstSeen) return undefined;
  const fields: PointFields = {
    units: textOf(raw.units),
    description: textOf(raw.description),
    objectName: textOf(raw.object_name),
    objectType: textOf(raw.object_type),
    objectIndex: integerOf(raw.object_index),
    deviceId: textOf(raw.device_id),
    deviceName: textOf(raw.device_name),
    deviceAddress: textOf(raw.device_address),
    pointType: textOf(raw.point_type),
    kvTags: jsonOf(raw.kv_tags, isRecord) ?? NO_FIELDS.kvTags,
    markerTags: jsonOf(raw.marker_tags, isListOfTexts) ?? NO_FIELDS.markerTags,
    collectInterval: integerOf(raw.collect_interval),
    pointId: textOf(raw.point_id),
  };
  return { name, fields, firstSeen, lastSeen };
}

/** From 1970 to 9999. */
const DAYS_MAX = 2_932_896;

const dayOf = (days: unknown) =>
  Number.isInteger(days) && (days as number) >= 0 && (days as number) <= DAYS_MAX
    ? utcDayOf((days as number) * DAY_MS)
    : undefined;

const textOf = (value: unknown) =>
  typeof value === "string" && value !== "" && value.length <= POINT_TEXT_CHARS_MAX ? value : null;
const integerOf = (value: unknown) => (typeof value === "number" && Number.isInteger(value) ? value : null);

/** The text where it is JSON of a value that `isExpected`. */
function jsonOf(text: unknown, isExpected: (value: unknown) => boolean): string | undefined {
  if (typeof text !== "string" || text.length > POINT_TAGS_CHARS_MAX) return undefined;
  try {
    return isExpected(JSON.parse(text)) ? text : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
const isListOfTexts = (value: unknown) =>
  Array.isArray(value) && value.every((tag) => typeof tag === "string");
