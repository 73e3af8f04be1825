import { InvalidArgumentError, Option } from "commander";
import { parseInterval } from "../src/domain/interval.ts";
import { parseSiteName, type SiteName } from "../src/domain/site.ts";
import { DAY_FORMS, type Days, parseDays, todayUtc } from "./days.ts";

/** Parses a day, or the days of a month or a year. */
export function days(text: string): Days {
  const parsed = parseDays(text, todayUtc());
  if (parsed) return parsed;
  throw new InvalidArgumentError(`It must name real days, in UTC: ${DAY_FORMS}.`);
}

/** From the first day of `from` to the last of `to`, or of `from`. */
export function daysBetween(from: Days, to: Days | undefined) {
  return { from: from.first, to: (to ?? from).last };
}

/** The same where there may be no range. */
export function selectedRange(from: Days | undefined, to: Days | undefined) {
  return from ? daysBetween(from, to) : { from: undefined, to: undefined };
}

export function site(text: string): SiteName {
  const parsed = parseSiteName(text);
  if (parsed) return parsed;
  throw new InvalidArgumentError("A site name has only letters, digits, _ and -.");
}

export function count(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number, 1 or more.");
}

/** "raw" or an interval, as it is sent to the Query Worker. */
export function interval(text: string): string {
  const parsed = text === "raw" ? 0 : parseInterval(text);
  if (typeof parsed !== "object") return text;
  throw new InvalidArgumentError(`It ${parsed.fault}.`);
}

/** A port; 0 means any free port. */
export function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("It must be a port, from 0 to 65535.");
}

/** The descriptions of the arguments `from` and `[to]`, the same in every command. */
export const FROM_DAY = "first day, such as 2024-01-31, yesterday, 7d, 2024-01 or 2024 (UTC)";
export const TO_DAY = "last day, included (default: that of <from>)";
export const fromDay = (otherwise: string) => `${FROM_DAY} (default: ${otherwise})`;

/** The description of the option `--match`, the same in every command. */
export const MATCHING =
  "only points whose name contains the text, or matches the whole pattern: * stands for any characters, ? for one";

export const jsonOption = () => new Option("--json", "print the Worker's JSON");

export const siteOption = () => new Option("--site <name>", "only this site").argParser(site);

/** Collects the values of an option that may be repeated. */
export function sites(text: string, previous: readonly SiteName[] | undefined): SiteName[] {
  return [...new Set([...(previous ?? []), site(text)])];
}

export const sitesOption = () =>
  new Option("--site <name>", "only this site; may be repeated (default: all sites)").argParser(sites);

/** The arguments of `npx bv-backfill start` for a range, as the user would type them. */
export function startArguments(
  from: string,
  to: string | undefined,
  { site = [], force }: { readonly site?: readonly string[]; readonly force?: true },
): string {
  const range = to === undefined || to === from ? from : `${from} ${to}`;
  return [range, ...site.map((name) => `--site ${name}`), ...(force ? ["--force"] : [])].join(" ");
}

/** A selection of days, for the routes that take one. */
export interface Selection {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly site?: string | undefined;
}

/** The selection as a request body, without absent fields. */
export function selectionFields({ from, to, site }: Selection): Record<string, string> {
  return { ...(from && { from }), ...(to && { to }), ...(site && { site }) };
}

/** The selection as the query string of a URL, with its "?"; empty without parameters. */
export function selectionQuery(selection: Selection, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({ ...selectionFields(selection), ...more }).toString();
  return query && `?${query}`;
}
