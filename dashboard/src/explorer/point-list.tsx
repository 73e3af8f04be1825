import { nearNames } from "../../../src/domain/near-names.ts";
import { counted, integer } from "../formatting.ts";
import type { ExplorerCommands } from "./explorer-commands.ts";
import type { ExplorerState } from "./explorer-state.ts";
import { NO_MEANINGS, type PointMeaning, type PointMeanings } from "./point-meaning.ts";

interface PointListProps {
  readonly explorer: ExplorerState;
  readonly commands: Pick<ExplorerCommands, "choose" | "search">;
}

/** The points of the day that match the search, with their units and descriptions. */
export function PointList({ explorer, commands }: PointListProps) {
  const { names, meanings, search, point, dayState, day } = explorer;
  if (!names) return <p role="status">{noListText(explorer)}</p>;
  if (dayState === "missing")
    return <p role="status">{`${day} is not archived, so its points are not known.`}</p>;
  if (dayState === "empty") return <p role="status">{`The API had no sample on ${day}.`}</p>;
  const found = findPoints(names, search, meanings);
  const onPoint = (name: string) => void commands.choose({ type: "point", point: name });
  return (
    <>
      <label>
        Search
        <input
          type="search"
          value={search}
          placeholder="words of names, descriptions or tags"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => commands.search(event.currentTarget.value)}
        />
      </label>
      <p class="hint" role="status">
        {found.total > found.shown.length
          ? `${integer(found.total)} points; the first ${integer(found.shown.length)} are listed`
          : counted(found.total, "point")}
      </p>
      <Names names={found.shown} meanings={meanings} point={point} onPoint={onPoint} />
      {found.total === 0 && <SimilarNames name={search} names={names} onPoint={onPoint} />}
    </>
  );
}

function noListText({ loadingPoints, site, day }: ExplorerState): string {
  if (loadingPoints) return "Loading points …";
  return site && !day ? `No day of ${site} is archived yet.` : "";
}

interface SimilarNamesProps {
  readonly name: string;
  /** The points of the day that is listed. */
  readonly names: readonly string[];
  onPoint(name: string): void;
}

/** Points of the day with names near to one that gave no result. */
export function SimilarNames({ name, names, onPoint }: SimilarNamesProps) {
  const similar = similarNames(name, names);
  if (similar.length === 0) return null;
  return (
    <>
      <p>Points with similar names:</p>
      <Names names={similar} onPoint={onPoint} />
    </>
  );
}

interface NamesProps extends Pick<SimilarNamesProps, "names" | "onPoint"> {
  readonly point?: string | undefined;
  readonly meanings?: PointMeanings;
}

function Names({ names, meanings, point, onPoint }: NamesProps) {
  return (
    <ul class="points">
      {names.map((name) => (
        <li key={name}>
          <button type="button" class="link-like" aria-pressed={name === point} onClick={() => onPoint(name)}>
            {name}
          </button>
          <Meaning meaning={meanings?.get(name)} />
        </li>
      ))}
    </ul>
  );
}

function Meaning({ meaning }: { meaning: PointMeaning | undefined }) {
  const parts = [meaning?.description, meaning?.units].filter((part) => part !== undefined);
  return parts.length === 0 ? null : <small class="meaning">{parts.join(" · ")}</small>;
}

/** Names listed at once: typing more of the name shortens the list. */
export const NAMES_LISTED_MAX = 40;

/**
 * Points that have every word in name, object name, description or tags, in any order and case; names that start with the
 * first word come first.
 */
export function findPoints(
  names: readonly string[],
  search: string,
  meanings: PointMeanings = NO_MEANINGS,
): { readonly shown: readonly string[]; readonly total: number } {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = names.filter((name) => {
    const searched = meanings.get(name)?.searched ?? name.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
  const [first] = words;
  const rank = (name: string) => (first !== undefined && name.toLowerCase().startsWith(first) ? 0 : 1);
  const ranked = matching.toSorted((a, b) => rank(a) - rank(b));
  return { shown: ranked.slice(0, NAMES_LISTED_MAX), total: matching.length };
}

/** Other names near to `name`, the nearest first. */
export function similarNames(name: string, names: readonly string[]): string[] {
  return nearNames(
    name,
    names.filter((other) => other !== name),
  );
}
