import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";

const RUN = new URL("run.ts", import.meta.url).href;
const LINE = `${"x".repeat(99)}\n`;
/** More than a pipe holds. */
const LINES = 20_000;

/** A process that runs `main`; its stdout is a pipe, or what is given. */
function running(main: string, stdout: "pipe" | number = "pipe"): ChildProcess {
  const code = `const { runToEnd, Unable } = await import(${JSON.stringify(RUN)});
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
  ["has done all", "return 0;", 0],
  ["can't go on", 'throw new Unable("stuck", "help");', 1],
])("lets a slow reader have everything before a command that %s ends", async (_, ending, code) => {
  const child = running(`${WRITE_ALL} ${ending}`);
  const closed = once(child, "close");
  await sleep(500);
  expect((await textOf(child.stdout)).length).toBe(LINES * LINE.length);
  expect((await closed)[0]).toBe(code);
});

it("ends at Ctrl-C though nobody reads, and runs its steps", async () => {
  const child = running(
    `run.onEnd(() => console.error("stepped")); process.stderr.write("ready"); ${WRITE_ALL} return 0;`,
  );
  const exited = once(child, "exit");
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += String(chunk);
  });
  await once(child.stderr as NodeJS.ReadableStream, "data");
  await sleep(300);
  child.kill("SIGINT");
  expect((await exited)[0]).toBe(130);
  expect(said).toContain("stepped");
});

it("is done where its reader has seen enough, and says what can't be written elsewhere", async () => {
  const heard = running(
    `${WRITE_ALL} await new Promise((resolve) => setTimeout(resolve, 60_000)); return 0;`,
  );
  heard.stdout?.once("data", () => heard.stdout?.destroy());
  expect((await once(heard, "exit"))[0]).toBe(0);

  const full = running(
    'process.stdout.write("x"); await new Promise((resolve) => setTimeout(resolve, 60_000)); return 0;',
    openSync("/dev/full", "w"),
  );
  const [[code], said] = await Promise.all([once(full, "exit"), textOf(full.stderr)]);
  expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("can't be written: ENOSPC") });
  expect(said).not.toContain("    at ");
});
