/** Names shown at once: whoever looks for one types on. */
export const NAMES_SHOWN_MAX = 40;

export interface Found {
  readonly shown: readonly string[];
  readonly total: number;
}

/** Names that hold every word, in any order and case; those that begin with the first word stand first. */
export function findPoints(names: readonly string[], search: string): Found {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = names.filter((name) => {
    const lower = name.toLowerCase();
    return words.every((word) => lower.includes(word));
  });
  const [first] = words;
  const leads = (name: string) => (first !== undefined && name.toLowerCase().startsWith(first) ? 0 : 1);
  const ranked = matching.toSorted((a, b) => leads(a) - leads(b));
  return { shown: ranked.slice(0, NAMES_SHOWN_MAX), total: matching.length };
}
