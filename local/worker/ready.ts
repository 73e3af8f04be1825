import type { ChildProcess } from "node:child_process";
import { signalTree } from "./process-tree.ts";

/** For bundling and starting workerd; a slow machine needs most of it in its first run. */
const READY_MS_MAX = 90_000;
/** Lines of an error message. */
const LINES_MAX = 30;

/**
 * Resolves with the address of a `wrangler dev` once it is ready, and calls `onLine` with each line that it prints, also
 * later. Throws with its last lines when it ends before, or is not ready in time.
 */
export function ready(child: ChildProcess, onLine: ((line: string) => void) | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const last: string[] = [];
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`wrangler dev ${why}:\n${last.join("\n")}`));
    };
    const timer = setTimeout(() => fail(`was not ready after ${READY_MS_MAX} ms`), READY_MS_MAX);
    const read = (line: string) => {
      onLine?.(line);
      last.push(line);
      if (last.length > LINES_MAX) last.shift();
      const url = /Ready on (http:\/\/\S+)/.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.once("error", reject);
    // What is left of its group has the pipes open, which would never close.
    child.once("exit", () => signalTree(child, "SIGKILL"));
    // Its last lines, which say why it has ended, may be read only after its exit.
    child.once("close", (code, signal) => fail(`ended with ${signal ?? code}`));
    for (const stream of [child.stdout, child.stderr]) {
      let rest = "";
      stream?.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) read(line);
      });
      stream?.on("end", () => {
        if (rest !== "") read(rest);
      });
    }
  });
}
