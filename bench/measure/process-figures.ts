import { readdirSync, readFileSync } from "node:fs";
import type { CommandRun } from "../../terminal/terminal.ts";

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

/** The CPU of processes over time. */
export interface CpuRecord {
  /** Seconds of CPU since the start of the processes, at the last reading before the time; the latest for no time. */
  before(atMs: number): number;
}

const READING_MS = 50;

/** Reads the CPU of processes again and again, until the run ends. Linux only. */
export function recordCpu(pids: readonly number[], run: CommandRun): CpuRecord {
  const readings: { readonly atMs: number; readonly cpuSeconds: number }[] = [];
  const read = () => {
    try {
      const cpuSeconds = pids.reduce((sum, pid) => sum + cpuSecondsOf(statOf(pid)), 0);
      readings.push({ atMs: Date.now(), cpuSeconds });
    } catch {
      // A process has ended; the run reports it by other means.
      clearInterval(timer);
    }
  };
  const timer = setInterval(read, READING_MS);
  run.onEnd(() => clearInterval(timer));
  return {
    before(end) {
      read();
      clearInterval(timer);
      return (readings.findLast(({ atMs }) => !(atMs > end)) ?? readings[0])?.cpuSeconds ?? 0;
    },
  };
}

function figuresOf(pid: number, group: number) {
  try {
    const stat = statOf(pid);
    if (stat.name !== "workerd" || Number(stat.fields[2]) !== group) return undefined;
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kilobytes = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
    return {
      pid,
      cpuSeconds: cpuSecondsOf(stat),
      rssBytes: kilobytes("VmRSS") * 1024,
      peakRssBytes: kilobytes("VmHWM") * 1024,
    };
  } catch {
    // The process ended while its files were being read.
    return undefined;
  }
}

interface Stat {
  readonly name: string;
  /** From the state of the process on. */
  readonly fields: readonly string[];
}

/** What Linux says of a process. Throws for a process that has ended. */
function statOf(pid: number): Stat {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name is in brackets and may contain any character; the numbers follow the last bracket.
  const end = stat.lastIndexOf(")");
  return { name: stat.slice(stat.indexOf("(") + 1, end), fields: stat.slice(end + 2).split(" ") };
}

const cpuSecondsOf = ({ fields }: Stat) => (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
