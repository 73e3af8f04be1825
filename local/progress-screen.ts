import { styleText } from "node:util";

/** A few lines that change in place on a terminal, and follow each other anywhere else. */
export interface ProgressScreen {
  /** Columns to draw for; undefined where the output is no terminal. */
  readonly width: number | undefined;
  paint(text: string): string;
  show(lines: readonly string[]): void;
  /** Leaves the last lines standing and gives the cursor back; the next ones are shown below. */
  settle(): void;
  /** Settles, and shows nothing any more. */
  close(): void;
}

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const CLEAR_BELOW = "\x1b[J";
/** Logs are read, not watched: a line a second and site is plenty. */
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
    // Minds NO_COLOR by itself.
    paint: (text) => styleText("green", text, { stream: out }),
    show(lines) {
      if (closed) return;
      const up = drawn === 0 ? HIDE_CURSOR : `\x1b[${drawn}A\r`;
      out.write(`${up}${CLEAR_BELOW}${lines.map((line) => `${line}\n`).join("")}`);
      drawn = lines.length;
    },
    settle,
    close() {
      closed = true;
      settle();
    },
  };
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
    paint: (text) => text,
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
