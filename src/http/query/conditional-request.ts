/** Conditional requests and ranges of a file with a strong etag, by RFC 9110. */
import type { ByteRange } from "../../ports/archive.ts";

/** What a request for a file asks for, given the version that is there. */
export type Selection =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly part: ByteRange }
  | { readonly kind: "not modified" }
  | { readonly kind: "precondition failed" }
  | { readonly kind: "not satisfiable" };

const WHOLE: Selection = { kind: "whole" };

/**
 * The selection of a GET or HEAD request, for a file of `bytes` bytes with the strong etag `etag` (without quotes).
 * Conditions by date are ignored, because a file has no Last-Modified. A range of a HEAD request, a malformed range, one of
 * another unit, and several ranges at once are ignored too, as RFC 9110 (14.2) allows: the response is the whole file.
 */
export function selectionOf(
  { method, headers }: Pick<Request, "method" | "headers">,
  { etag, bytes }: { readonly etag: string; readonly bytes: number },
): Selection {
  const strong = `"${etag}"`;
  const ifMatch = headers.get("If-Match");
  if (ifMatch !== null && !names(ifMatch, [strong])) return { kind: "precondition failed" };
  const ifNoneMatch = headers.get("If-None-Match");
  // A weak comparison (8.8.3.2): the weak form of the etag names the same version.
  if (ifNoneMatch !== null && names(ifNoneMatch, [strong, `W/${strong}`])) return { kind: "not modified" };
  const range = headers.get("Range");
  const ifRange = headers.get("If-Range");
  // A strong comparison (13.1.5): neither a weak etag nor a date names exactly these bytes.
  if (method !== "GET" || range === null || (ifRange !== null && ifRange.trim() !== strong)) return WHOLE;
  return selectionOfRange(range, bytes);
}

/** Whether a list of etags, or `*`, names one of `etags`. An etag may contain commas. */
function names(list: string, etags: readonly string[]): boolean {
  if (list.trim() === "*") return true;
  return (list.match(/(?:W\/)?"[^"]*"/g) ?? []).some((etag) => etags.includes(etag));
}

function selectionOfRange(range: string, bytes: number): Selection {
  const match = /^bytes=[ \t,]*(\d*)-(\d*)[ \t,]*$/i.exec(range.trim());
  const [first = "", last = ""] = match?.slice(1) ?? [];
  if (first === "" && last === "") return WHOLE;
  if (first === "") {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? { kind: "not satisfiable" } : partOf(bytes - length, length);
  }
  const offset = Number(first);
  if (last !== "" && Number(last) < offset) return WHOLE;
  if (offset >= bytes) return { kind: "not satisfiable" };
  return partOf(offset, Math.min(last === "" ? bytes : Number(last) + 1, bytes) - offset);
}

const partOf = (offset: number, length: number): Selection => ({ kind: "part", part: { offset, length } });
