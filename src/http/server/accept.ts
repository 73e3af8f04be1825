/**
 * Which of the offered media types `Accept` prefers (RFC 9110, 12.5.1): the first where it has no preference,
 * undefined where it accepts none of them.
 */
export function preferred<T extends string>(
  accept: string | null,
  offered: readonly (readonly [T, string])[],
): T | undefined {
  const ranges = rangesOf(accept);
  if (ranges.length === 0) return offered[0]?.[0];
  let best: { name: T; quality: number } | undefined;
  for (const [name, mediaType] of offered) {
    const quality = qualityOf(mediaType, ranges);
    if (quality > (best?.quality ?? 0)) best = { name, quality };
  }
  return best?.name;
}

/** Whether `Accept` names `mediaType` itself, not by a wildcard, and prefers it to `other` or rates both the same. */
export function acceptsByName(accept: string | null, mediaType: string, other: string): boolean {
  const ranges = rangesOf(accept);
  const named = ranges.find(({ pattern }) => pattern === mediaType)?.quality ?? 0;
  return named > 0 && named >= qualityOf(other, ranges);
}

interface MediaRange {
  readonly pattern: string;
  readonly quality: number;
}

function rangesOf(accept: string | null): MediaRange[] {
  return (accept ?? "").split(",").flatMap((text) => {
    const [pattern = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
    const given = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    const quality = given === undefined ? 1 : Number(given);
    return pattern !== "" && quality >= 0 && quality <= 1 ? [{ pattern, quality }] : [];
  });
}

/** The quality of the most specific range that matches; 0 where no range does. */
function qualityOf(mediaType: string, ranges: readonly MediaRange[]): number {
  const [kind = ""] = mediaType.split("/");
  for (const pattern of [mediaType, `${kind}/*`, "*/*"]) {
    const range = ranges.find((candidate) => candidate.pattern === pattern);
    if (range) return range.quality;
  }
  return 0;
}
