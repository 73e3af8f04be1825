/** One line of RFC 4180, without its end. */
export function csvLine(fields: readonly (string | number | null)[]): string {
  return fields.map((field) => (field === null ? "" : quotedWhereNeeded(String(field)))).join(",");
}

function quotedWhereNeeded(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
