import { cutText } from "../../domain/dropped-rows.ts";
import { readPointName } from "../../domain/point-name.ts";
import { excerpt } from "../body-text.ts";

/** The entries of a list of points that have no usable name. */
export interface SkippedEntries {
  readonly count: number;
  /** What the first few are: their place, their id, and what is wrong. */
  readonly examples: readonly string[];
}

export const NOTHING_SKIPPED: SkippedEntries = { count: 0, examples: [] };

const EXAMPLES_MAX = 5;
const QUOTED_CHARS_MAX = 40;

type Read =
  | { readonly kind: "name"; readonly name: string; readonly bytes: number }
  | { readonly kind: "unusable"; readonly reason: string };

/** The name of an entry and its bytes, or why it has none that a file can hold. */
export function readName(item: unknown): Read {
  const name = fieldOf(item, "name");
  if (typeof item !== "object" || item === null) return unusable("not an object");
  if (name === "" || name === null || name === undefined) return unusable("no name");
  if (typeof name !== "string") return unusable("the name is not a string");
  const read = readPointName(name);
  return read.kind === "usable" ? { kind: "name", name, bytes: read.bytes } : read;
}

/** `place` counts the entries of the list from 1. */
export function addSkipped(
  { count, examples }: SkippedEntries,
  place: number,
  item: unknown,
  reason: string,
): SkippedEntries {
  if (examples.length >= EXAMPLES_MAX) return { count: count + 1, examples };
  const [id, name] = [fieldOf(item, "id"), fieldOf(item, "name")];
  const parts = [
    typeof id === "number" || typeof id === "string" ? `id ${quoted(String(id))}` : "",
    typeof name === "string" && name !== "" ? `"${quoted(name)}"` : "",
    reason,
  ];
  const example = `entry ${place} (${parts.filter(Boolean).join(", ")})`;
  return { count: count + 1, examples: [...examples, example] };
}

/** What an operator reads of them. Quotes the response, and so passes `Vendor.redact`. */
export function skippedMessage({ count, examples }: SkippedEntries): string {
  const more = count - examples.length;
  const entries =
    count === 1 ? "1 entry of the list of points has" : `${count} entries of the list of points have`;
  return `${entries} no usable name, skipped: ${examples.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

const unusable = (reason: string): Read => ({ kind: "unusable", reason });

const fieldOf = (item: unknown, field: string): unknown =>
  typeof item === "object" && item !== null ? (item as Record<string, unknown>)[field] : undefined;

/** The beginning of a text on one line. */
function quoted(text: string): string {
  const line = excerpt(cutText(text, QUOTED_CHARS_MAX));
  return text.length > QUOTED_CHARS_MAX ? `${line}…` : line;
}
