import type { z } from "zod";
import { type Answer, validationFailed } from "./answer.ts";
import type { Fields, Input } from "./input.ts";

/** Faults that a schema can't know: they depend on the configuration, the day, or two fields at once. */
export type Rules = (fields: Fields) => readonly string[];

export type Judged<T> = { readonly value: T } | { readonly refused: Answer };

/** Schema and rules both look at the fields as they came, so that one answer names every fault. */
export function judge<T>(input: Input, schema: z.ZodType<T>, rules: Rules = () => []): Judged<T> {
  if ("refused" in input) return input;
  const parsed = schema.safeParse(input.fields, { reportInput: true });
  const details = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => sentences(issue, input.kind)),
    ...rules(input.fields),
  ];
  return parsed.success && details.length === 0
    ? { value: parsed.data }
    : { refused: validationFailed(details) };
}

/** The fault in the reader's terms; zod's own speak of "invalid input". */
function sentences(issue: z.core.$ZodIssue, kind: "field" | "parameter"): string[] {
  const name = nameOf(issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => `unknown ${kind} ${JSON.stringify(key.slice(0, 40))}`);
    case "invalid_type":
      return [
        issue.input === undefined ? `${name} is required` : `${name} must be ${withArticle(issue.expected)}`,
      ];
    case "invalid_value":
      return [`${name} must be one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`];
    case "too_small":
      return issue.origin === "number"
        ? [`${name} must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`]
        : [`${name} must hold at least ${issue.minimum}`];
    case "too_big":
      return [`${name} must ${issue.origin === "number" ? "be" : "hold"} at most ${issue.maximum}`];
    default:
      return [`${name}: ${issue.message}`];
  }
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.map((step) => (typeof step === "number" ? `[${step}]` : String(step))).join("");
}

function withArticle(type: string): string {
  return `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}
