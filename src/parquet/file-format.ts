import type { ParquetType, SchemaElement } from "hyparquet";
import type { UtcDay } from "../domain/day.ts";

/**
 * The format version: the semantic version of our files' bytes. Within a version the same samples have the same bytes,
 * so every change that gives them other bytes raises it; a changed schema is a major version.
 */
export const FORMAT_VERSION = "1.2.0";

/**
 * The writer, in the form `application version X (build Y)` that parquet.thrift asks for. parquet-java warns about
 * any other. The build is constant too: a time or a commit would give the same samples other bytes.
 */
export const CREATED_BY = `building-vitals-backfill version ${FORMAT_VERSION} (build 1)`;

/** What a copy of the file says of itself, in its footer. All of it is constant for a site's day, and so are the bytes. */
export const keyValues = (site: string, day: UtcDay) =>
  [
    { key: "site_name", value: site },
    { key: "date", value: day },
    { key: "format_version", value: FORMAT_VERSION },
  ] as const;

/** "PAR1", little-endian: the first and the last four bytes of a file. */
export const MAGIC = 0x31524150;

/** A required column. */
export interface ColumnSchema extends SchemaElement {
  readonly type: ParquetType;
  readonly repetition_type: "REQUIRED";
}

/** What a footer says of a file: its columns, and what a copy of the file says of itself. */
export interface FileSchema {
  readonly columns: readonly ColumnSchema[];
  readonly keyValues: readonly { readonly key: string; readonly value: string }[];
}

/** Times and strings have Parquet's old and new type annotation. */
export const timestampColumn = (name: string) =>
  ({
    name,
    type: "INT64",
    repetition_type: "REQUIRED",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  }) as const satisfies ColumnSchema;
export const textColumn = (name: string) =>
  ({
    name,
    type: "BYTE_ARRAY",
    repetition_type: "REQUIRED",
    converted_type: "UTF8",
    logical_type: { type: "STRING" },
  }) as const satisfies ColumnSchema;
export const numberColumn = (name: string, type: "DOUBLE" | "INT64") =>
  ({ name, type, repetition_type: "REQUIRED" }) as const satisfies ColumnSchema;

/** The four columns of a day's file in their order, all required. */
export const COLUMNS = [
  timestampColumn("timestamp"),
  textColumn("point_name"),
  numberColumn("value", "DOUBLE"),
  textColumn("site_name"),
] as const;

/** The columns after the root of the schema, as a reader finds it. */
export const SCHEMA: readonly SchemaElement[] = [{ name: "root", num_children: COLUMNS.length }, ...COLUMNS];
