import type { UtcDay } from "./day.ts";

/** What the API's list of points says of a point, apart from its name. null: the list does not say it. */
export interface PointFields {
  readonly units: string | null;
  readonly description: string | null;
  readonly objectName: string | null;
  readonly objectType: string | null;
  readonly objectIndex: number | null;
  readonly deviceId: string | null;
  readonly deviceName: string | null;
  readonly deviceAddress: string | null;
  readonly pointType: string | null;
  /** A JSON object, its keys in order. */
  readonly kvTags: string;
  /** A JSON array of texts, in order, each once. */
  readonly markerTags: string;
  /** In seconds. */
  readonly collectInterval: number | null;
  /** The API's own id of the point. */
  readonly pointId: string | null;
}

/** A point row: of a point that was ever configured the newest fields, and the first and the last day on which it was seen. */
export interface PointRow {
  readonly name: string;
  readonly fields: PointFields;
  readonly firstSeen: UtcDay;
  readonly lastSeen: UtcDay;
}

export const NO_FIELDS: PointFields = {
  units: null,
  description: null,
  objectName: null,
  objectType: null,
  objectIndex: null,
  deviceId: null,
  deviceName: null,
  deviceAddress: null,
  pointType: null,
  kvTags: "{}",
  markerTags: "[]",
  collectInterval: null,
  pointId: null,
};
