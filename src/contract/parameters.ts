/** Parameters, fields and responses that every Worker has. */
import { z } from "zod";
import { parseUtcDay } from "../domain/day.ts";
import { parseSiteName } from "../domain/site.ts";

/** The input of a request; unknown fields are rejected. OpenAPI has it as the component `id`. */
export const requestObject = <S extends z.ZodRawShape>(id: string, shape: S) =>
  z.strictObject(shape).meta({ id });

/** A part of a response. OpenAPI has it as the component `id`. */
export const responseObject = <S extends z.ZodRawShape>(id: string, shape: S) => z.object(shape).meta({ id });

/** Text that `parse` makes a value of; text of which it makes none "is not `wanted`". */
export const parsedText = <T>(parse: (text: string) => T | undefined, wanted: string) =>
  z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: `"${text.slice(0, 40)}" is not ${wanted}` });
    return z.NEVER;
  });

export const utcDay = parsedText(parseUtcDay, "a real date of the form YYYY-MM-DD").meta({
  format: "date",
  examples: ["2024-01-31"],
});

export const siteName = parsedText(parseSiteName, "a site name").meta({
  pattern: "^[A-Za-z0-9_-]{1,100}$",
  examples: ["ses_falls_city"],
});

/** A whole number from 1 to `max`, by default `absent`. A parameter is text; Number() alone would take "1e2" and " 5 ". */
export function limitUpTo(max: number, absent: number) {
  const parse = (text: string) => {
    const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    return limit >= 1 && limit <= max ? limit : undefined;
  };
  return parsedText(parse, `a whole number from 1 to ${max}`)
    .default(absent)
    .meta({ type: "integer", minimum: 1, maximum: max, default: absent });
}

/** The input of a route without fields: an unknown field is rejected, for the client meant something by it. */
export const emptyRequest = requestObject("EmptyRequest", {});

/** Every error response: what is wrong, each fault by name, and what helps. */
export const problem = responseObject("Problem", {
  error: z.string(),
  details: z.array(z.string()).optional(),
  hint: z.string().optional(),
});
export type Problem = z.output<typeof problem>;

/** The same by RFC 9457, for clients that accept `application/problem+json`; an error's further members are beside these. */
export const problemDetails = z
  .looseObject({
    type: z.literal("about:blank"),
    /** The phrase of the status. */
    title: z.string(),
    status: z.number(),
    /** What is wrong: `error` of the other form. */
    detail: z.string(),
    /** The path of the request. */
    instance: z.string(),
    details: z.array(z.string()).optional(),
    hint: z.string().optional(),
  })
  .meta({ id: "ProblemDetails" });
export type ProblemDetails = z.output<typeof problemDetails>;

export const notFound = responseObject("NotFound", {
  error: z.literal("Not found"),
  endpoints: z.array(z.string()),
});
export type NotFound = z.output<typeof notFound>;

/** The response of `GET /`. */
export const serviceRoot = responseObject("ServiceRoot", {
  service: z.string(),
  version: z.string(),
  endpoints: z.record(z.string(), z.string()),
  configuration: z.enum(["ok", "invalid"]),
});
export type ServiceRoot = z.output<typeof serviceRoot>;
