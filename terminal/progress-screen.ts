import { stripVTControlCharacters, styleText } from "node:util";
import type { BarPaint } from "./format.ts";
import { wrapped } from "./wrap.ts";

/** A few lines that are redrawn in place on a terminal, and appended in a pipe or a file. */
export interface ProgressScreen {
  /** Columns of the terminal; undefined when the output is not a terminal. */
  readonly width: number | undefined;
  paint: BarPaint;
  /** On a terminal only as many lines as fit: lines that have scrolled off the top can't be redrawn. */
  show(lines: readonly string[]): void;
  /** Keeps the last lines and shows the cursor again; the next lines are drawn below. */
  settle(): void;
  /** Settles, and ignores every later call. */
  close(): void;
}

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const CLEAR_BELOW = "\x1b[J";
/** In a log, a line per second and site is enough. */
const PLAIN_INTERVAL_MS = 1_000;

export function progressScreen(
  out: NodeJS.WriteStream,
  { plainIntervalMs = PLAIN_INTERVAL_MS } = {},
): ProgressScreen {
  return out.isTTY && process.env.TERM !== "dumb" ? liveScreen(out) : plainScreen(out, plainIntervalMs);
}

function liveScreen(out: NodeJS.WriteStream): ProgressScreen {
  let drawn = 0;
  let closed = false;
  const settle = () => {
    if (drawn > 0) out.write(SHOW_CURSOR);
    drawn = 0;
  };
  return {
    get width() {
      return out.columns || 80;
    },
    // styleText respects NO_COLOR.
    paint: (part, text) => styleText(part === "failed" ? "red" : "green", text, { stream: out }),
    show(lines) {
      if (closed) return;
      const columns = out.columns || 80;
      const whole = lines.flatMap((line) => wrapped(line, columns - 1).split("\n"));
      const fitting = whole.slice(0, (out.rows || 24) - 1).map((line) => cut(line, columns));
      const up = drawn === 0 ? HIDE_CURSOR : `\x1b[${drawn}A\r`;
      out.write(`${up}${CLEAR_BELOW}${fitting.map((line) => `${line}\n`).join("")}`);
      drawn = fitting.length;
    },
    settle,
    close() {
      closed = true;
      settle();
    },
  };
}

/** A line that wrapped would make the next drawing begin too low. A line that is cut loses its colours. */
function cut(line: string, width: number): string {
  const visible = stripVTControlCharacters(line);
  return visible.length < width ? line : visible.slice(0, width - 1);
}

function plainScreen(out: NodeJS.WriteStream, intervalMs: number): ProgressScreen {
  let closed = false;
  let written = "";
  let latest = "";
  let writtenAt = Number.NEGATIVE_INFINITY;
  const write = () => {
    if (latest !== written) out.write(`${latest}\n`);
    written = latest;
    writtenAt = performance.now();
  };
  return {
    width: undefined,
    paint: (_, text) => text,
    show(lines) {
      if (closed) return;
      latest = lines.join("\n");
      if (performance.now() - writtenAt >= intervalMs) write();
    },
    settle: write,
    close() {
      closed = true;
    },
  };
}
