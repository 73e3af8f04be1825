import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import { ready } from "./ready.ts";

const running = (code: string) =>
  spawn(process.execPath, ["-e", code], { detached: true, stdio: ["ignore", "pipe", "pipe"] });

it("is the address that is printed", async () => {
  const lines: string[] = [];
  const child = running(`console.log("Starting"); console.log("Ready on http://127.0.0.1:1234")`);
  expect(await ready(child, (line) => lines.push(line))).toBe("http://127.0.0.1:1234");
  expect(lines).toEqual(["Starting", "Ready on http://127.0.0.1:1234"]);
});

it("a process that ends before is reported with its last lines, however much it printed and what it left running", async () => {
  const child = running(`
    require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
    process.stdout.write("a line\\n".repeat(20_000) + "database is locked: SQLITE_BUSY", () => process.exit(1));`);
  await expect(ready(child, undefined)).rejects.toThrow(
    /ended with 1:\n(a line\n){29}database is locked: SQLITE_BUSY$/,
  );
});
