/** At most so many suggestions, so that a person reads all of them. */
const SUGGESTIONS_MAX = 3;
/** A shorter text is part of too many names to mean one of them. */
const PART_LENGTH_MIN = 3;

/**
 * The names that a mistyped point name may stand for, the likeliest first and at most three. Names with few differing
 * letters come first, then names that contain the text or are contained in it, then names with the same last part.
 */
export function nearNames(mistyped: string, names: Iterable<string>): string[] {
  const text = mistyped.toLowerCase();
  const ranked: { readonly name: string; readonly rank: number; readonly difference: number }[] = [];
  for (const name of names) {
    const other = name.toLowerCase();
    const distance = editDistance(text, other, differingLettersMax(text));
    const lengths = Math.abs(text.length - other.length);
    if (distance !== undefined) ranked.push({ name, rank: 0, difference: distance });
    else if (isPartOf(text, other) || isPartOf(other, text))
      ranked.push({ name, rank: 1, difference: lengths });
    else if (lastPart(text) === lastPart(other)) ranked.push({ name, rank: 2, difference: lengths });
  }
  ranked.sort(
    (a, b) =>
      a.rank - b.rank || a.difference - b.difference || (a.name < b.name ? -1 : Number(a.name > b.name)),
  );
  return ranked.slice(0, SUGGESTIONS_MAX).map(({ name }) => name);
}

const lastPart = (name: string) => name.slice(name.lastIndexOf("/") + 1);
const isPartOf = (part: string, whole: string) => part.length >= PART_LENGTH_MIN && whole.includes(part);

/** A third of the last part: names of a site share all but that, and so are near each other as a whole. */
const differingLettersMax = (text: string) => Math.max(1, Math.floor(lastPart(text).length / 3));

/** Letters to insert, delete or replace (Levenshtein); undefined beyond `max`. */
function editDistance(a: string, b: string, max: number): number | undefined {
  if (Math.abs(a.length - b.length) > max) return undefined;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + Number(a[row - 1] !== b[column - 1]);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    if (Math.min(...current) > max) return undefined;
    previous = current;
  }
  const distance = previous[b.length] ?? 0;
  return distance <= max ? distance : undefined;
}
