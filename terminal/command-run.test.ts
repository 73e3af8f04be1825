import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";

const COMMAND_RUN = new URL("command-run.ts", import.meta.url).href;
const LINE = `${"x".repeat(99)}\n`;
/** More lines than a pipe buffers. */
const LINES = 20_000;

/** A process that runs `main`; its stdout is a pipe, or the given descriptor. */
function running(main: string, stdout: "pipe" | number = "pipe"): ChildProcess {
  const code = `const { runToEnd, CommandError } = await import(${JSON.stringify(COMMAND_RUN)});
    await runToEnd(async (run) => { ${main} });`;
  return spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", stdout, "pipe"] });
}

const WRITE_ALL = `process.stdout.write(${JSON.stringify(LINE)}.repeat(${LINES}));`;

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}

it.each([
  ["has finished", "return 0;", 0],
  ["fails", 'throw new CommandError("stuck", "help");', 1],
])("writes everything to a slow reader before a command that %s ends", async (_, ending, code) => {
  const child = running(`${WRITE_ALL} ${ending}`);
  const closed = once(child, "close");
  await sleep(500);
  expect((await textOf(child.stdout)).length).toBe(LINES * LINE.length);
  expect((await closed)[0]).toBe(code);
});

it("ends at Ctrl-C while its output is not read, and runs its steps", async () => {
  const child = running(
    `run.onEnd(() => console.error("step ran")); process.stderr.write("ready"); ${WRITE_ALL} return 0;`,
  );
  const exited = once(child, "exit");
  let printed = "";
  child.stderr?.on("data", (chunk) => {
    printed += String(chunk);
  });
  await once(child.stderr as NodeJS.ReadableStream, "data");
  await sleep(300);
  child.kill("SIGINT");
  expect((await exited)[0]).toBe(130);
  expect(printed).toContain("step ran");
});

it("ends with 0 when its reader closes the pipe, and reports any other write error", async () => {
  const closed = running(
    `${WRITE_ALL} await new Promise((resolve) => setTimeout(resolve, 60_000)); return 0;`,
  );
  closed.stdout?.once("data", () => closed.stdout?.destroy());
  expect((await once(closed, "exit"))[0]).toBe(0);

  const full = running(
    'process.stdout.write("x"); await new Promise((resolve) => setTimeout(resolve, 60_000)); return 0;',
    openSync("/dev/full", "w"),
  );
  const [[code], stderr] = await Promise.all([once(full, "exit"), textOf(full.stderr)]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("can't be written: ENOSPC") });
  expect(stderr).not.toContain("    at ");
});
