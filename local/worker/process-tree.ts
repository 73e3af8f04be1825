import { type ChildProcess, spawn, spawnSync } from "node:child_process";

/** Sends a signal to the process group that a detached child leads; on Windows it ends the child's process tree. */
export function signalTree({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore", windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}

/** Its stdin closes when the process that started it dies, even by SIGKILL. */
const GUARD = `
  const [, pid] = process.argv;
  process.stdin.resume().once("close", () => {
    if (process.platform === "win32") require("node:child_process").spawnSync("taskkill", ["/pid", pid, "/t", "/f"]);
    else process.kill(-pid, "SIGKILL");
  });`;

/** Starts a process that kills the child's process tree when this process dies. It has to be killed after the child's end. */
export function guardTree({ pid }: ChildProcess): ChildProcess {
  const guard = spawn(process.execPath, ["-e", GUARD, String(pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    windowsHide: true,
  });
  // Without a guard everything works; only a SIGKILL of this process would leave the child running.
  guard.on("error", () => undefined);
  return guard;
}
