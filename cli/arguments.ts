import { InvalidArgumentError, Option } from "commander";
import { parseUtcDay, type UtcDay } from "../src/domain/day.ts";
import { parseSiteName, type SiteName } from "../src/domain/site.ts";

export function day(text: string): UtcDay {
  const parsed = parseUtcDay(text);
  if (parsed) return parsed;
  throw new InvalidArgumentError("It must be a real date of the form YYYY-MM-DD.");
}

export function site(text: string): SiteName {
  const parsed = parseSiteName(text);
  if (parsed) return parsed;
  throw new InvalidArgumentError("It is no site's name.");
}

export function count(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 1 on.");
}

/** 0 is any free one. */
export function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("It must be a port, from 0 to 65535.");
}

export const jsonOption = () => new Option("--json", "the Worker's own JSON");

export const siteOption = () => new Option("--site <name>", "of this site alone").argParser(site);

/** Of an option that may be given again and again. */
export function sites(text: string, before: readonly SiteName[] | undefined): SiteName[] {
  return [...new Set([...(before ?? []), site(text)])];
}

export const sitesOption = () =>
  new Option("--site <name>", "a site of several: may be given again (all sites where absent)").argParser(
    sites,
  );

/** What `start` is to be given for it, as it is typed. */
export function startArguments(
  from: string,
  to: string | undefined,
  { site = [], force }: { readonly site?: readonly string[]; readonly force?: true },
): string {
  const range = to === undefined || to === from ? from : `${from} ${to}`;
  return [range, ...site.map((name) => `--site ${name}`), ...(force ? ["--force"] : [])].join(" ");
}

/** Which days, as the routes that select days take it. */
export interface Selection {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly site?: string | undefined;
}

/** As a body; absent ones aren't sent. */
export function selectionFields({ from, to, site }: Selection): Record<string, string> {
  return { ...(from && { from }), ...(to && { to }), ...(site && { site }) };
}

/** As parameters of a URL, with their "?" where there are any. */
export function selectionQuery(selection: Selection, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({ ...selectionFields(selection), ...more }).toString();
  return query && `?${query}`;
}
