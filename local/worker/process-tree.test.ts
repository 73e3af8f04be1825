import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { isRunning } from "../../terminal/terminal.ts";

const PARENT = `
  import { spawn } from "node:child_process";
  import { guardTree } from ${JSON.stringify(`${import.meta.dirname}/process-tree.ts`)};
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
  guardTree(child);
  console.log(child.pid);`;

it("a child does not outlive a parent that is killed, also where no shell is found", async () => {
  const parent = spawn(process.execPath, ["--input-type=module", "-e", PARENT], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: "" },
  });
  const [pid] = await once(createInterface(parent.stdout), "line");
  expect(isRunning(Number(pid))).toBe(true);
  parent.kill("SIGKILL");
  await expect.poll(() => isRunning(Number(pid)), { timeout: 10_000 }).toBe(false);
});
