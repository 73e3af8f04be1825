import { expect, it } from "vitest";
import { progressScreen } from "./progress-screen.ts";

function terminal(columns: number, rows: number) {
  let written = "";
  const out = { isTTY: true, columns, rows, write: (text: string) => (written += text) };
  return { screen: progressScreen(out as unknown as NodeJS.WriteStream), written: () => written };
}

it("draws no line that would wrap and no more lines than fit, so that the next drawing replaces them", () => {
  const { screen, written } = terminal(10, 4);
  screen.show(["\x1b[32m123456789\x1b[39m", "\x1b[32m1234567890\x1b[39m", "c", "d", "e"]);
  expect(written()).toContain("\x1b[32m123456789\x1b[39m\n123456789\nc\n");
  expect(written()).not.toContain("d\n");
  screen.show(["again"]);
  expect(written().endsWith("\x1b[3A\r\x1b[Jagain\n")).toBe(true);
});

it("shows the cursor again, and draws nothing once it is closed", () => {
  const { screen, written } = terminal(80, 24);
  screen.show(["a"]);
  screen.close();
  screen.show(["b"]);
  expect(written().endsWith("a\n\x1b[?25h")).toBe(true);
});
