import { once } from "node:events";
import { styleText } from "node:util";

/** What was asked for, on stdout: a pipe gets this and nothing else. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The same, and waits until the reader has room for more: without it all of a long answer would be held here. */
export async function pour(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, "drain");
}

/** What accompanies it, on stderr. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function sayJson(value: unknown): void {
  say(JSON.stringify(value, null, 2));
}

/** Columns that a line may take; as many as it likes where nobody sees it wrap. */
export function stdoutWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
}

export type Colour = "green" | "yellow" | "red" | "cyan" | "gray";
export type Paint = (colour: Colour, text: string) => string;

/** Minds NO_COLOR, and whether stdout is a terminal. */
export const paint: Paint = (colour, text) => styleText(colour, text, { stream: process.stdout });

/** As a pure renderer is given it where colours are of no use. */
export const plain: Paint = (_, text) => text;
