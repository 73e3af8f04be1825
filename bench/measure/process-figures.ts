import { readdirSync, readFileSync } from "node:fs";

export interface ProcessFigures {
  readonly pids: readonly number[];
  /** User and system, of all threads. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  /** The sum of the processes' peaks, an upper bound of their joint peak. */
  readonly peakRssBytes: number;
}

/** USER_HZ of Linux, on every platform that Node runs on. */
const TICKS_A_SECOND = 100;

/**
 * All processes called `workerd` in the group, summed: wrangler runs one for the Worker and may run another
 * as a proxy before it. Linux only.
 */
export function workerdFigures(group: number): ProcessFigures {
  const found = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => figuresOf(Number(entry), group) ?? []);
  const sum = (of: (figures: (typeof found)[number]) => number) =>
    found.reduce((total, figures) => total + of(figures), 0);
  return {
    pids: found.map(({ pid }) => pid),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    rssBytes: sum(({ rssBytes }) => rssBytes),
    peakRssBytes: sum(({ peakRssBytes }) => peakRssBytes),
  };
}

function figuresOf(pid: number, group: number) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name is in brackets and may contain any character; the numbers follow the last bracket.
    const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (name !== "workerd" || Number(fields[2]) !== group) return undefined;
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kilobytes = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
    return {
      pid,
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
      rssBytes: kilobytes("VmRSS") * 1024,
      peakRssBytes: kilobytes("VmHWM") * 1024,
    };
  } catch {
    // The process ended while its files were being read.
    return undefined;
  }
}
