import type { z } from "zod";
import { bodyFields, type Fields, queryFields } from "./request-fields.ts";
import { type JsonResponse, validationFailed } from "./response.ts";

/** Where a request carries the input of a route, and the schema that parses and documents it. */
export type InputSchema<S extends z.ZodObject = z.ZodObject> =
  /** Parameters of the URL; those in `lists` may be repeated. */
  | { readonly query: S; readonly lists?: readonly string[] }
  /** A JSON object in the body, which may be left out where `optional`. */
  | { readonly body: S; readonly optional?: boolean };

/**
 * Faults that a schema can't find: they depend on the configuration, the date or several fields. Rules see the fields
 * as they were sent, and leave to the schema what it rejects, so that one response names every fault.
 */
export type InputRules<Context> = (fields: Fields, context: Context) => readonly string[];

/** Parses the input of a request; an invalid one becomes the error response that names every fault. */
export async function parseInput<S extends z.ZodObject>(
  request: Request,
  input: InputSchema<S>,
  rules: (fields: Fields) => readonly string[],
  hint?: string,
): Promise<{ readonly value: z.output<S> } | { readonly rejected: JsonResponse }> {
  const isQuery = "query" in input;
  const read = isQuery
    ? queryFields(request, input.lists)
    : await bodyFields(request, input.optional ?? false);
  if ("rejected" in read) return read;
  const schema = isQuery ? input.query : input.body;
  const parsed = schema.safeParse(read.fields, { reportInput: true });
  const issues = parsed.error?.issues ?? [];
  const details = [
    ...issues.flatMap((issue) => sentencesFor(issue, isQuery ? "parameter" : "field")),
    ...rules(read.fields),
  ];
  return parsed.success && details.length === 0
    ? { value: parsed.data }
    : { rejected: validationFailed(details, hint) };
}

/** The field's value where it is valid by itself, else undefined: the schema names its fault. */
export function valid<T>(schema: z.ZodType<T>, field: unknown): T | undefined {
  return schema.safeParse(field).data;
}

/** The fault in the client's terms; zod's own messages speak of "invalid input". */
function sentencesFor(issue: z.core.$ZodIssue, kind: "field" | "parameter"): string[] {
  const name = issue.path.map((step) => (typeof step === "number" ? `[${step}]` : String(step))).join("");
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
        : [`${name} must have at least ${items(issue.minimum)}`];
    case "too_big":
      return issue.origin === "number"
        ? [`${name} must be at most ${issue.maximum}`]
        : [`${name} must have at most ${items(issue.maximum)}`];
    default:
      return [`${name}: ${issue.message}`];
  }
}

function items(count: number | bigint): string {
  return `${count} ${Number(count) === 1 ? "item" : "items"}`;
}

function withArticle(type: string): string {
  return `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}
