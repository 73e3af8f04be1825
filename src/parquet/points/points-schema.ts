import type { SchemaElement } from "hyparquet";
import { DAY_MS, dayStartMs } from "../../domain/day.ts";
import type { PointRow } from "../../domain/point-row.ts";

/** The semantic version of a points file's bytes: within a version the same rows have the same bytes. */
const FORMAT_VERSION = "1.0.0";

export const CREATED_BY = `building-vitals-backfill-points version ${FORMAT_VERSION} (build 1)`;

/** What a copy of the file says of itself, in its footer. */
export const keyValues = (site: string) => [
  { key: "site_name", value: site },
  { key: "format_version", value: FORMAT_VERSION },
];

type Kind = "text" | "integer" | "day";

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly isRequired: boolean;
  /** A day as the number of days since 1970. */
  cellOf(row: PointRow, site: string): string | number | null;
}

const text = (name: string, cellOf: Column["cellOf"], isRequired = false): Column => ({
  ...{ name, kind: "text", isRequired, cellOf },
});
const integer = (name: string, cellOf: Column["cellOf"]): Column => ({
  ...{ name, kind: "integer", isRequired: false, cellOf },
});
const day = (name: string, dayOf: (row: PointRow) => PointRow["firstSeen"]): Column => ({
  ...{ name, kind: "day", isRequired: true },
  cellOf: (row) => dayStartMs(dayOf(row)) / DAY_MS,
});

/** The columns of a points file, in their order. */
export const COLUMNS: readonly Column[] = [
  text("point_name", ({ name }) => name, true),
  text("units", ({ fields }) => fields.units),
  text("description", ({ fields }) => fields.description),
  text("object_name", ({ fields }) => fields.objectName),
  text("object_type", ({ fields }) => fields.objectType),
  integer("object_index", ({ fields }) => fields.objectIndex),
  text("device_id", ({ fields }) => fields.deviceId),
  text("device_name", ({ fields }) => fields.deviceName),
  text("device_address", ({ fields }) => fields.deviceAddress),
  text("point_type", ({ fields }) => fields.pointType),
  text("kv_tags", ({ fields }) => fields.kvTags, true),
  text("marker_tags", ({ fields }) => fields.markerTags, true),
  integer("collect_interval", ({ fields }) => fields.collectInterval),
  text("point_id", ({ fields }) => fields.pointId),
  day("first_seen", ({ firstSeen }) => firstSeen),
  day("last_seen", ({ lastSeen }) => lastSeen),
  text("site_name", (_, site) => site, true),
];

const TYPES = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  integer: { type: "INT32" },
  day: { type: "INT32", converted_type: "DATE", logical_type: { type: "DATE" } },
} as const satisfies Record<Kind, Partial<SchemaElement>>;

export const SCHEMA: readonly SchemaElement[] = [
  { name: "root", num_children: COLUMNS.length },
  ...COLUMNS.map(({ name, kind, isRequired }): SchemaElement => {
    return { name, repetition_type: isRequired ? "REQUIRED" : "OPTIONAL", ...TYPES[kind] };
  }),
];
