import { fieldOf } from "../src/query/answer/csv.ts";
import { decimalOf } from "../src/query/answer/text.ts";

/** One line of RFC 4180, without its end. */
export function csvLine(fields: readonly (string | number | null)[]): string {
  return fields.map(textOf).join(",");
}

function textOf(field: string | number | null): string {
  if (field === null) return "";
  return typeof field === "number" ? decimalOf(field) : fieldOf(field);
}
