import { RUN_DOCTOR } from "../../client/client.ts";
import { CommandError, EXIT } from "../../terminal/terminal.ts";
import type { Colour, Paint } from "../output.ts";

/** The result of one check, with advice unless it is OK. */
export type Finding =
  | { readonly level: "OK"; readonly message: string }
  | {
      readonly level: "WARN" | "FAIL";
      readonly message: string;
      readonly advice: string;
      /** The exit code of the command when this is the first failure. */
      readonly exitCode?: number;
    };

export const ok = (message: string): Finding => ({ level: "OK", message });
export const warn = (message: string, advice: string): Finding => ({ level: "WARN", message, advice });
export const fail = (message: string, advice: string, exitCode: number = EXIT.partial): Finding => ({
  level: "FAIL",
  message,
  advice,
  exitCode,
});

/** The finding of a check that ended with an error. Throws any error but `CommandError`. */
export function failureOf(error: unknown): Finding {
  if (!(error instanceof CommandError)) throw error;
  // The user is running the doctor already.
  const advice = error.advice.split("\n").filter((line) => line !== RUN_DOCTOR);
  return fail(error.message, advice.join("\n"), error.exitCode);
}

const COLOURS: Readonly<Record<Finding["level"], Colour>> = { OK: "green", WARN: "yellow", FAIL: "red" };

export function findingLines(finding: Finding, paint: Paint): string[] {
  const level = paint(COLOURS[finding.level], finding.level.padEnd(4));
  const [first = "", ...rest] = finding.message.split("\n");
  const lines = [`${level}  ${first}`, ...rest.map((line) => `${INDENT}${line.trim()}`)];
  if (finding.level === "OK") return lines;
  return [...lines, ...finding.advice.split("\n").map((line) => `${INDENT}> ${line}`)];
}

const INDENT = " ".repeat("FAIL  ".length);

/** The exit code of the first failure, because later failures often follow from it. */
export function exitCodeOf(findings: readonly Finding[]): number {
  for (const finding of findings) {
    if (finding.level === "FAIL") return finding.exitCode ?? EXIT.partial;
  }
  return EXIT.done;
}
