/**
 * A list as parameters of JSON: `json_each` makes rows of them. A statement takes at most 100 parameters, and a
 * parameter at most 2 MB.
 */

/** Bytes of a parameter. A text of so many UTF-16 units has at most three times as many bytes. */
const PARAMETER_UNITS_MAX = 600_000;

/** Digits take one byte each, so that hexadecimal text may be longer. */
const ASCII_UNITS_MAX = 1_900_000;

/** The items in order, as few JSON arrays as the bound of a parameter allows; none for an empty list. */
export function jsonParameters(items: readonly unknown[], isAscii = false): string[] {
  const unitsMax = isAscii ? ASCII_UNITS_MAX : PARAMETER_UNITS_MAX;
  const parameters: string[] = [];
  let part: string[] = [];
  let units = 0;
  for (const item of items) {
    const text = JSON.stringify(item);
    if (part.length > 0 && units + text.length + 1 > unitsMax) {
      parameters.push(`[${part.join()}]`);
      part = [];
      units = 0;
    }
    part.push(text);
    units += text.length + 1;
  }
  if (part.length > 0) parameters.push(`[${part.join()}]`);
  return parameters;
}
