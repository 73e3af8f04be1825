import { fieldOf } from "../src/query/answer/csv.ts";

/** One line of RFC 4180, without its end. */
export function csvLine(fields: readonly (string | number | null)[]): string {
  return fields.map((field) => (field === null ? "" : fieldOf(String(field)))).join(",");
}
