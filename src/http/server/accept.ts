/**
 * Which of the offered media types `Accept` likes best (RFC 9110, 12.5.1): the first where it has no wish, undefined
 * where it takes none of them.
 */
export function preferred<T extends string>(
  accept: string | null,
  offered: readonly (readonly [T, string])[],
): T | undefined {
  const ranges = (accept ?? "").split(",").flatMap(rangeOf);
  if (ranges.length === 0) return offered[0]?.[0];
  let best: { name: T; quality: number } | undefined;
  for (const [name, mediaType] of offered) {
    const quality = qualityOf(mediaType, ranges);
    if (quality > (best?.quality ?? 0)) best = { name, quality };
  }
  return best?.name;
}

/** Whether `Accept` names `mediaType` itself, and likes it no less than `instead`: a wildcard asks for nothing new. */
export function asksFor(accept: string | null, mediaType: string, instead: string): boolean {
  const ranges = (accept ?? "").split(",").flatMap(rangeOf);
  const named = ranges.find(({ pattern }) => pattern === mediaType)?.quality ?? 0;
  return named > 0 && named >= qualityOf(instead, ranges);
}

interface Range {
  readonly pattern: string;
  readonly quality: number;
}

function rangeOf(text: string): Range[] {
  const [pattern = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const given = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const quality = given === undefined ? 1 : Number(given);
  return pattern !== "" && quality >= 0 && quality <= 1 ? [{ pattern, quality }] : [];
}

/** That of the most specific range that matches; 0 where none does. */
function qualityOf(mediaType: string, ranges: readonly Range[]): number {
  const [kind = ""] = mediaType.split("/");
  for (const pattern of [mediaType, `${kind}/*`, "*/*"]) {
    const range = ranges.find((one) => one.pattern === pattern);
    if (range) return range.quality;
  }
  return 0;
}
