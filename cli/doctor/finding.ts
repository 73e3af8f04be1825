import { RUN_DOCTOR } from "../../client/client.ts";
import { CommandError, EXIT } from "../../terminal/terminal.ts";
import type { Colour, Paint } from "../terminal.ts";

/** What one look has found, and what to do where all is not well. */
export type Finding =
  | { readonly level: "OK"; readonly what: string }
  | {
      readonly level: "WARN" | "FAIL";
      readonly what: string;
      readonly advice: string;
      /** Of a process that found nothing else. */
      readonly exitCode?: number;
    };

export const ok = (what: string): Finding => ({ level: "OK", what });
export const warn = (what: string, advice: string): Finding => ({ level: "WARN", what, advice });
export const fail = (what: string, advice: string, exitCode: number = EXIT.partial): Finding => ({
  level: "FAIL",
  what,
  advice,
  exitCode,
});

/** What a look that could not be finished has found by that. */
export function failOf(fault: unknown): Finding {
  if (!(fault instanceof CommandError)) throw fault;
  // Whoever reads it has come by this advice.
  const advice = fault.advice.split("\n").filter((line) => line !== RUN_DOCTOR);
  return fail(fault.message, advice.join("\n"), fault.exitCode);
}

const COLOURS: Readonly<Record<Finding["level"], Colour>> = { OK: "green", WARN: "yellow", FAIL: "red" };

export function findingLines(finding: Finding, paint: Paint): string[] {
  const level = paint(COLOURS[finding.level], finding.level.padEnd(4));
  const [first = "", ...rest] = finding.what.split("\n");
  const lines = [`${level}  ${first}`, ...rest.map((line) => `${MARGIN}${line.trim()}`)];
  if (finding.level === "OK") return lines;
  return [...lines, ...finding.advice.split("\n").map((line) => `${MARGIN}> ${line}`)];
}

const MARGIN = " ".repeat("FAIL  ".length);

/** Of the first failure: later ones often follow from it. */
export function exitCodeOf(findings: readonly Finding[]): number {
  for (const finding of findings) {
    if (finding.level === "FAIL") return finding.exitCode ?? EXIT.partial;
  }
  return EXIT.done;
}
