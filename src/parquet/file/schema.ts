import type { SchemaElement } from "hyparquet";

/** Constant, so that it makes no difference between two files of the same samples. */
export const CREATED_BY = "building-vitals-backfill";

/** The four columns in their order; none can be null. Each time and string type in both of Parquet's notations. */
export const SCHEMA = [
  { name: "root", num_children: 4 },
  {
    name: "timestamp",
    type: "INT64",
    repetition_type: "REQUIRED",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  },
  {
    name: "point_name",
    type: "BYTE_ARRAY",
    repetition_type: "REQUIRED",
    converted_type: "UTF8",
    logical_type: { type: "STRING" },
  },
  { name: "value", type: "DOUBLE", repetition_type: "REQUIRED" },
  {
    name: "site_name",
    type: "BYTE_ARRAY",
    repetition_type: "REQUIRED",
    converted_type: "UTF8",
    logical_type: { type: "STRING" },
  },
] as const satisfies readonly SchemaElement[];
