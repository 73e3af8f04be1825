import type { PointsAnswer } from "../../../src/contract/query.ts";

/** What the list of points says of a point, where the points file has it. */
export interface PointMeaning {
  readonly units: string | undefined;
  readonly description: string | undefined;
  /** What a search looks into, in lower case: name, object name, description and tags, a line each. */
  readonly searched: string;
}

export type PointMeanings = ReadonlyMap<string, PointMeaning>;

export const NO_MEANINGS: PointMeanings = new Map();

export function meaningsOf(points: PointsAnswer["points"]): PointMeanings {
  return new Map(
    points.map((point) => {
      const { point_name, units, description, object_name, kv_tags = {}, marker_tags = [] } = point;
      const tags = [...Object.entries(kv_tags).map(([key, value]) => `${key}=${value}`), ...marker_tags];
      const searched = [point_name, object_name ?? "", description ?? "", ...tags].join("\n").toLowerCase();
      return [point_name, { units: units ?? undefined, description: description ?? undefined, searched }];
    }),
  );
}

/** A value's units after it. */
export const withUnits = (text: string, units: string | undefined) =>
  units === undefined ? text : `${text} ${units}`;
