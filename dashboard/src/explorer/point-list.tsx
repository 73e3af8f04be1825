import { whole } from "../progress/figures.ts";
import type { ExplorerCommands } from "./commands.ts";
import type { Explorer } from "./explorer.ts";
import { findPoints } from "./point-search.ts";

export function PointList({ explorer, commands }: { explorer: Explorer; commands: ExplorerCommands }) {
  const { names, search, point, listing } = explorer;
  if (!names) return <p role="status">{listing && "Reading the points …"}</p>;
  const found = findPoints(names, search);
  return (
    <>
      <label>
        Name
        <input
          type="search"
          value={search}
          placeholder="parts of it, in any order"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => commands.search(event.currentTarget.value)}
        />
      </label>
      <p class="hint" role="status">
        {found.total > found.shown.length
          ? `${whole(found.total)} points; the first ${whole(found.shown.length)} are listed`
          : `${whole(found.total)} ${found.total === 1 ? "point" : "points"}`}
      </p>
      <ul class="points">
        {found.shown.map((name) => (
          <li key={name}>
            <button
              type="button"
              class="link-like"
              aria-pressed={name === point}
              onClick={() => commands.change({ type: "point", point: name })}
            >
              {name}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
