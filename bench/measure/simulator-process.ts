import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Stats } from "../../simulator/server/server.ts";
import type { CommandRun } from "../../terminal/terminal.ts";

/** The simulator in a separate process, so that its CPU and memory are not counted. */
export interface SimulatorProcess {
  readonly api: string;
  stats(): Promise<Stats>;
  resetStats(): Promise<void>;
  stop(): void;
}

const PROGRAM = join(import.meta.dirname, "../../simulator/main.ts");

/** Starts the simulator with command-line `flags`. Resolves when it serves and its days are prerendered. */
export async function startSimulatorProcess(
  flags: readonly string[],
  run: CommandRun,
): Promise<SimulatorProcess> {
  const child = spawn(process.execPath, [PROGRAM, ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  run.onEnd(() => void child.kill());
  run.signal.addEventListener("abort", () => child.kill());
  const { url, api } = await firstLine(child);
  const control = (method: string, action: string) => fetch(`${url}/_control/${action}`, { method });
  return {
    api,
    stats: async () => (await (await control("GET", "stats")).json()) as Stats,
    resetStats: async () => void (await control("DELETE", "stats")),
    stop: () => void child.kill(),
  };
}

async function firstLine(child: ChildProcess): Promise<{ url: string; api: string }> {
  if (!child.stdout) throw new Error("the simulator has no output");
  const [line] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    once(child, "exit").then(() => Promise.reject(new Error("the simulator ended before it served"))),
  ]);
  return JSON.parse(line);
}
