import type { SiteName } from "../../src/domain/site.ts";

export const SITE = "ses_falls_city" as SiteName;
export const DAY_START_MS = Date.UTC(2024, 1, 29);
export const DAY_START = DAY_START_MS * 1_000;
export const DAY_END = DAY_START + 86_400_000_000;

/** The configured points in the order of the file; the last two have the reverse order in UTF-16. */
export const NAMES = ["a", "b", 'c "d"', "cafe\u0301", "gr\u00f6\u00dfe", "\u{ff5e}", "\u{1f321}"];
/** Points that the API sends and that are not configured; the last are in no other order than those above. */
export const UNLISTED = ["A", "aa", "zz", "\u{ff5f}", "\u{1f320}", "\u{1f322}"];

/** Whose samples are kept, and which points are configured. */
export const POINTS = {
  configured: { configured: NAMES, all: false },
  all: { configured: NAMES, all: true },
  "all, few configured": { configured: NAMES.slice(2, 4), all: true },
  "all, none configured": { configured: [], all: true },
} as const;
export type Points = (typeof POINTS)[keyof typeof POINTS];
