import fc from "fast-check";
import { expect, test } from "vitest";
import { POINT_TAGS_CHARS_MAX, POINT_TEXT_CHARS_MAX } from "../../domain/limits.ts";
import { NO_FIELDS } from "../../domain/point-row.ts";
import { readFields } from "./point-fields.ts";

/** An entry of the list as the API sends it. */
const ENTRY = {
  id: 100_007,
  name: "ses/a/8000:33-8033/analogInput/101",
  client: "ses",
  site: "a",
  kv_tags: { floor: "2", equip: "VAV_7", gain: 1.5 },
  marker_tags: ["sensor", "point", "sensor"],
  collect_config: {},
  point_type: "bacnet",
  collect_enabled: true,
  collect_interval: 300,
  bacnet_data: {
    device_address: "8000:33",
    device_id: 8033,
    device_name: "AHU-7",
    object_type: "analogInput",
    object_index: 101,
    object_name: "ZN-T",
    object_description: " Zone temperature ",
    object_units: "degreesFahrenheit",
    present_value: "71.3",
  },
  updated: "2025-10-12T16:30:37.626470",
};

test("an entry has the fields of its point", () => {
  expect(readFields(ENTRY)).toEqual({
    units: "degreesFahrenheit",
    description: "Zone temperature",
    objectName: "ZN-T",
    objectType: "analogInput",
    objectIndex: 101,
    deviceId: "8033",
    deviceName: "AHU-7",
    deviceAddress: "8000:33",
    pointType: "bacnet",
    kvTags: '{"equip":"VAV_7","floor":"2","gain":1.5}',
    markerTags: '["point","sensor"]',
    collectInterval: 300,
    pointId: "100007",
  });
});

test("fields do not change with what changes by itself, nor with the order of tags", () => {
  const later = {
    ...ENTRY,
    updated: "2026-01-01T00:00:00",
    bacnet_data: { ...ENTRY.bacnet_data, present_value: "0" },
    kv_tags: { gain: 1.5, equip: "VAV_7", floor: "2" },
    marker_tags: ["point", "sensor"],
  };
  expect(readFields(later)).toEqual(readFields(ENTRY));
});

test.each([
  [{}],
  [{ bacnet_data: null, kv_tags: null, marker_tags: null }],
  [{ bacnet_data: [], kv_tags: [1], marker_tags: {} }],
  [{ bacnet_data: { object_units: "", object_name: "  ", object_index: 1.5, device_id: Number.NaN } }],
  [
    {
      collect_interval: 2 ** 31,
      id: {},
      point_type: true,
      kv_tags: { nested: { a: 1 } },
      marker_tags: [1, ""],
    },
  ],
])("what is missing or of another type is as if it were missing (%#)", (entry) => {
  expect(readFields(entry)).toEqual(NO_FIELDS);
});

test("long texts are cut, tags that do not fit are left out, and half a character is replaced", () => {
  const long = "é".repeat(POINT_TEXT_CHARS_MAX + 1);
  const { description, objectName, kvTags, markerTags } = readFields({
    bacnet_data: { object_description: long, object_name: "half \ud800" },
    kv_tags: { a: "x".repeat(POINT_TAGS_CHARS_MAX), b: "fits" },
    marker_tags: ["y".repeat(POINT_TAGS_CHARS_MAX + 1), "z"],
  });
  expect(description).toHaveLength(POINT_TEXT_CHARS_MAX);
  expect([objectName, kvTags, markerTags]).toEqual(["half \ufffd", '{"b":"fits"}', '["z"]']);
});

test("any JSON has fields within their bounds, whose tags are JSON", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(ENTRY)), fc.jsonValue()), (entry) => {
      const fields = readFields(entry);
      for (const value of Object.values(fields))
        if (typeof value === "string")
          expect(value.isWellFormed() && value.length <= POINT_TAGS_CHARS_MAX).toBe(true);
      expect(JSON.parse(fields.kvTags)).toBeTypeOf("object");
      expect(Array.isArray(JSON.parse(fields.markerTags))).toBe(true);
    }),
  );
});
