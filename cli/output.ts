import { once } from "node:events";
import { styleText } from "node:util";
import { csvField, decimalOf } from "../src/query/answer/answer.ts";
import { wrapped } from "../terminal/terminal.ts";

/** Prints a result on stdout; a pipe gets only results. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a sentence of a result, broken at words where a terminal is too narrow for it. */
export function printText(text: string): void {
  print(wrapped(text, stdoutWidth()));
}

/** Prints a result and waits until the reader has room for more, so that a long result is not buffered in memory. */
export async function printAndDrain(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, "drain");
}

/** Prints a note about the result on stderr. */
export function note(text: string): void {
  const { isTTY, columns } = process.stderr;
  process.stderr.write(`${isTTY ? wrapped(text, columns || 80) : text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** One line of RFC 4180 without its line end; null is an empty field. */
export function csvLine(fields: readonly (string | number | null)[]): string {
  const textOf = (field: string | number | null) =>
    field === null ? "" : typeof field === "number" ? decimalOf(field) : csvField(field);
  return fields.map(textOf).join(",");
}

/** Columns of the terminal; unlimited when stdout is not a terminal. */
export function stdoutWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
}

export type Colour = "green" | "yellow" | "red" | "cyan" | "gray";
export type Paint = (colour: Colour, text: string) => string;

/** Colours text for stdout; respects NO_COLOR, and adds no colour when stdout is not a terminal. */
export const paint: Paint = (colour, text) => styleText(colour, text, { stream: process.stdout });

/** A `Paint` without colours. */
export const plain: Paint = (_, text) => text;
