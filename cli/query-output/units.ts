import type { QueryClient } from "../../client/client.ts";
import { CommandError } from "../../terminal/terminal.ts";

/** The units of points by name; a point without units is not in it. */
export type Units = ReadonlyMap<string, string>;

/** The units of these points. None where the Worker does not say: they only accompany a result. */
export async function unitsOf(query: QueryClient, site: string, points: readonly string[]): Promise<Units> {
  try {
    const known = await query.describe(site, points);
    return new Map(known.flatMap(({ point_name, units }) => (units ? [[point_name, units] as const] : [])));
  } catch (error) {
    if (error instanceof CommandError) return new Map();
    throw error;
  }
}
