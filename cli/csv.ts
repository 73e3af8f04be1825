import { csvField, decimalOf } from "../src/query/answer/answer.ts";

/** One line of RFC 4180, without its end. */
export function csvLine(fields: readonly (string | number | null)[]): string {
  return fields.map(textOf).join(",");
}

function textOf(field: string | number | null): string {
  if (field === null) return "";
  return typeof field === "number" ? decimalOf(field) : csvField(field);
}
