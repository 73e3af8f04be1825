import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../reference/truth.ts";

/** Two real temperature series, in a folder beside the repository. */
const FOLDER = join(import.meta.dirname, "../../../shared/data");
export const FILES = [
  "nab_ambient_temperature_system_failure.csv",
  "nab_machine_temperature_system_failure.csv",
].map((name) => join(FOLDER, name));

export const MISSING = FILES.filter((path) => !existsSync(path));

export const pointOf = (path: string) =>
  `nab/${path.includes("ambient") ? "ambient" : "machine"} temperature`;

/** The files' rows by day of the range, ordered by point and time; of two rows of a millisecond the greater. */
export function measurements(from: string, to: string): Map<string, Row[]> {
  const days = new Map<string, Row[]>();
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) days.set(dayOf(at), []);
  for (const path of FILES) {
    const values = new Map<number, number>();
    for (const line of readFileSync(path, "utf8").trim().split(/\r?\n/).slice(1)) {
      const [time = "", text = ""] = line.split(",");
      const at = Date.parse(`${time.replace(" ", "T")}Z`);
      values.set(at, Math.max(Number(text), values.get(at) ?? Number.NEGATIVE_INFINITY));
    }
    for (const [timestamp, value] of [...values].sort(([a], [b]) => a - b)) {
      const row = { timestamp, point_name: pointOf(path), value, site_name: "nab" };
      days.get(dayOf(timestamp))?.push(row);
    }
  }
  return days;
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
