import { expect, it } from "vitest";
import { reflowed, shortened, wrapped } from "./wrap.ts";

it("breaks a line at spaces only, and indents what follows", () => {
  expect(wrapped("  the API accepts no requests until noon\nshort", 20)).toBe(
    "  the API accepts no\n  requests until\n  noon\nshort",
  );
  expect(wrapped("averylongwordthatfitsnowhere and more", 10)).toBe("averylongwordthatfitsnowhere\nand more");
});

it("keeps a command whole, and counts no colours", () => {
  const command = "To start: npx bv-backfill start 2024-01-01 2024-01-31";
  expect(wrapped(command, 20)).toBe(command);
  const painted = "\x1b[33mtwo words\x1b[39m";
  expect(wrapped(painted, 9)).toBe(painted);
});

it("shortens a name in the middle and keeps its end", () => {
  expect(shortened("ses/ses_falls_city/ahu_1/supply_temp", 20)).toBe("ses/se…1/supply_temp");
  expect(shortened("short", 20)).toBe("short");
});

it("joins the lines of a paragraph before it breaks them, and no others", () => {
  const text = "Days are archived\nwhen their file is there.\n\nExamples:\n  one\n  two\n";
  expect(reflowed(text, 26)).toBe(
    "Days are archived when\ntheir file is there.\n\nExamples:\n  one\n  two\n",
  );
});
