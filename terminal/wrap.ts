import { stripVTControlCharacters } from "node:util";

const columnsOf = (text: string) => stripVTControlCharacters(text).length;

/**
 * Breaks every line of `text` that is longer than `width` columns at spaces, and indents what follows like the line.
 * A line with a command stays whole, because a command that is broken can't be copied; so does a word.
 */
export function wrapped(text: string, width: number): string {
  return text
    .split("\n")
    .flatMap((line) => (columnsOf(line) <= width || line.includes("npx ") ? [line] : wrapLine(line, width)))
    .join("\n");
}

function wrapLine(line: string, width: number): string[] {
  const indent = /^\s*/.exec(line)?.[0] ?? "";
  const lines: string[] = [];
  let current = "";
  // With the spaces before it, so that columns and bars inside a line keep their gaps.
  for (const word of line.slice(indent.length).match(/\s*\S+/g) ?? []) {
    if (current !== "" && columnsOf(current + word) > width) {
      lines.push(current);
      current = "";
    }
    current += current === "" ? indent + word.trimStart() : word;
  }
  return [...lines, current];
}

/** A name in `width` columns: what does not fit is left out in the middle, because names differ most at their ends. */
export function shortened(name: string, width: number): string {
  if (name.length <= width) return name;
  const head = Math.floor((width - 1) / 3);
  return `${name.slice(0, head)}…${name.slice(name.length - (width - 1 - head))}`;
}

/** The same, with the lines of each paragraph joined first. A paragraph's lines are neither indented nor end with ":". */
export function reflowed(text: string, width: number): string {
  const isProse = (line: string | undefined) => line !== undefined && /^\S/.test(line) && !line.endsWith(":");
  const paragraphs: string[] = [];
  for (const line of text.split("\n")) {
    const last = paragraphs.at(-1);
    if (isProse(line) && isProse(last)) paragraphs[paragraphs.length - 1] = `${last} ${line}`;
    else paragraphs.push(line);
  }
  return wrapped(paragraphs.join("\n"), width);
}
