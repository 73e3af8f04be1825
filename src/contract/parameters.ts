/** What parameters and fields of every Worker are parsed by, and the replies that all of them give. */
import { z } from "zod";
import { parseUtcDay } from "../domain/day.ts";
import { parseSiteName } from "../domain/site.ts";

/** What a parser lets through, as JSON Schema: it can't be read off its code. What it means is said by `describe`. */
export const forms = z.registry<{ readonly json: Readonly<Record<string, unknown>> }>();

export const utcDay = z
  .string()
  .transform((text, context) => {
    const day = parseUtcDay(text);
    if (day) return day;
    context.addIssue({
      code: "custom",
      message: `"${text.slice(0, 40)}" is not a real date of the form YYYY-MM-DD`,
    });
    return z.NEVER;
  })
  .register(forms, { json: { format: "date", examples: ["2024-01-31"] } });

export const siteName = z
  .string()
  .transform((text, context) => {
    const site = parseSiteName(text);
    if (site) return site;
    context.addIssue({ code: "custom", message: `"${text.slice(0, 40)}" is not a site name` });
    return z.NEVER;
  })
  .register(forms, { json: { pattern: "^[A-Za-z0-9_-]{1,100}$", examples: ["ses_falls_city"] } });

/** A whole number from 1 to `max`, `absent` where none is given. A parameter is text; Number() alone would take "1e2" and " 5 ". */
export function limitUpTo(max: number, absent: number) {
  return z
    .string()
    .transform((text, context) => {
      const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
      if (limit >= 1 && limit <= max) return limit;
      context.addIssue({
        code: "custom",
        message: `"${text.slice(0, 40)}" is not a whole number from 1 to ${max}`,
      });
      return z.NEVER;
    })
    .default(absent)
    .register(forms, { json: { type: "integer", minimum: 1, maximum: max, default: absent } });
}

/** Of the routes that take nothing: a field was meant to do something, and is refused. */
export const emptyRequest = z.strictObject({});

/** Every refusal: what is wrong, each fault by name, and what would help. */
export const problem = z.object({
  error: z.string(),
  details: z.array(z.string()).optional(),
  hint: z.string().optional(),
});
export type Problem = z.output<typeof problem>;

/** The same by RFC 9457, for whoever accepts `application/problem+json`; a refusal's further members stand beside these. */
export const problemDetails = z.looseObject({
  type: z.literal("about:blank"),
  /** The phrase of the status. */
  title: z.string(),
  status: z.number(),
  /** What is wrong: `error` of the other form. */
  detail: z.string(),
  /** The path that was asked. */
  instance: z.string(),
  details: z.array(z.string()).optional(),
  hint: z.string().optional(),
});
export type ProblemDetails = z.output<typeof problemDetails>;

export const notFound = z.object({ error: z.literal("Not found"), endpoints: z.array(z.string()) });
export type NotFound = z.output<typeof notFound>;

/** What `GET /` answers. */
export const serviceRoot = z.object({
  service: z.string(),
  version: z.string(),
  endpoints: z.record(z.string(), z.string()),
  configuration: z.enum(["ok", "invalid"]),
});
export type ServiceRoot = z.output<typeof serviceRoot>;
