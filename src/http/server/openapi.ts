import { z } from "zod";
import { notFound, problem, problemDetails } from "../../contract/parameters.ts";
import { DESCRIPTION_ROUTES } from "./endpoints.ts";
import type { InputSchema } from "./input.ts";
import { PROBLEM_TYPE } from "./response.ts";
import type { ResponseDescription, RouteDescription, Service, Webhook } from "./service.ts";

type Json = Record<string, unknown>;
/** Writes a schema as JSON Schema: as a reference where the schema has an id, else in full. */
type Write = (schema: z.ZodType) => Json;

/** The description of a Worker's API at `origin` as OpenAPI 3.1, made of the schemas that parse its requests. */
export function openApiDocument<Context>(
  { title, summary, bearer, routes, webhooks }: Service<Context>,
  version: string,
  origin: string,
): Json {
  const named: Json = {};
  const write: Write = (schema) => {
    // A tuple makes a reference of a schema with an id, and gathers it with the schemas that it refers to in `$defs`.
    const { $defs, prefixItems } = z.toJSONSchema(z.tuple([schema]), { io: "input", override: keepExamples });
    Object.assign(named, $defs);
    return { ...(prefixItems?.[0] as Json) };
  };
  const paths: Record<string, Json> = {};
  for (const route of [...routes, ...DESCRIPTION_ROUTES]) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route, write) };
  }
  const otherMethod = {
    ...error("This path does not have this method"),
    headers: { Allow: "The allowed methods" },
  };
  const document = {
    openapi: "3.1.0",
    info: { title, version, description: summary },
    servers: [{ url: origin, description: "The Worker that sent this document" }],
    paths,
    ...(webhooks && { webhooks: webhooksOf(webhooks, write) }),
    components: {
      responses: {
        NotFound: errorOf({ description: "404: there is no such path", schema: notFound }, write),
        MethodNotAllowed: errorOf(otherMethod, write),
      },
      schemas: named,
      securitySchemes: { bearer: { type: "http", scheme: "bearer", description: bearer } },
    },
  };
  return JSON.parse(JSON.stringify(document).replaceAll('"#/$defs/', '"#/components/schemas/'));
}

/** zod leaves out examples and defaults of input that is transformed, because they could be those of the output. */
function keepExamples({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: Json }): void {
  const { examples, default: standard } = z.globalRegistry.get(zodSchema) ?? {};
  Object.assign(jsonSchema, examples && { examples }, standard !== undefined && { default: standard });
}

function operationOf(route: RouteDescription, write: Write): Json {
  const { name, summary, isPublic, input, requestHeaders = {} } = route;
  const { requestBody, parameters = [] } = input ? inputOf(input, write) : {};
  const all = [...parameters, ...Object.entries(requestHeaders).map(headerParameter)];
  return {
    operationId: name,
    summary,
    security: isPublic ? [] : [{ bearer: [] }],
    ...(all.length > 0 && { parameters: all }),
    ...(requestBody && { requestBody }),
    responses: {
      ...mapped({ ...commonResponses(route), ...route.responses }, (response, status) =>
        Number(status) < 400 ? responseOf(response, write) : errorOf(response, write),
      ),
      405: { $ref: "#/components/responses/MethodNotAllowed" },
    },
  };
}

function inputOf(input: InputSchema, write: Write): { requestBody?: Json; parameters?: Json[] } {
  if ("body" in input)
    return { requestBody: { required: !input.optional, content: jsonOf(input.body, write) } };
  const parameters = Object.entries<z.ZodType>(input.query.shape).map(([name, schema]) => {
    const json = write(schema);
    const { description } = json;
    return {
      name,
      in: "query",
      required: !schema.safeParse(undefined).success,
      // Some viewers show a parameter's own description and not that of its JSON Schema.
      ...(description !== undefined && { description }),
      schema: json,
    };
  });
  return { parameters };
}

const headerParameter = ([name, description]: [string, string]): Json => ({
  name,
  in: "header",
  required: false,
  description,
  schema: { type: "string", description },
});

function webhooksOf(webhooks: Readonly<Record<string, Webhook>>, write: Write): Json {
  return mapped(webhooks, ({ summary, body, responses }, name) => ({
    post: {
      operationId: name,
      summary,
      // The address is the secret: the Worker sends no token.
      security: [],
      requestBody: { required: true, content: jsonOf(body, write) },
      responses: mapped(responses, (description) => ({ description })),
    },
  }));
}

const error = (description: string): ResponseDescription => ({ description, schema: problem });

function commonResponses({ input, isPublic }: RouteDescription): Record<number, ResponseDescription> {
  return {
    ...(input && { 400: error("Validation failed") }),
    ...(!isPublic && {
      401: { ...error("No well-formed bearer token"), headers: { "WWW-Authenticate": "Bearer" } },
      403: error("The wrong token"),
    }),
    ...(input && "body" in input && { 413: error("Body too large") }),
    500: error("Configuration invalid, or an internal error"),
  };
}

function responseOf(
  { description, schema, mediaTypes = [], headers }: ResponseDescription,
  write: Write,
): Json {
  const others = Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, {}]));
  const content = { ...(schema && jsonOf(schema, write)), ...others };
  return { description, ...headersOf(headers), ...(Object.keys(content).length > 0 && { content }) };
}

/** An error in both its forms: the documented one, and RFC 9457's for requests that accept it by name. */
function errorOf({ description, schema = problem, headers }: ResponseDescription, write: Write): Json {
  const asProblem = { [PROBLEM_TYPE]: { schema: write(problemDetails) } };
  return { description, ...headersOf(headers), content: { ...jsonOf(schema, write), ...asProblem } };
}

function headersOf(headers: ResponseDescription["headers"]): Json {
  if (!headers) return {};
  return { headers: mapped(headers, (description) => ({ description, schema: { type: "string" } })) };
}

function jsonOf(schema: z.ZodType, write: Write): Json {
  return { "application/json": { schema: write(schema) } };
}

function mapped<T>(values: Readonly<Record<string, T>>, of: (value: T, name: string) => unknown): Json {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, of(value, name)]));
}
