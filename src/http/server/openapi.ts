import { z } from "zod";
import { forms, notFound, problem, problemDetails } from "../../contract/parameters.ts";
import { DESCRIPTION_ROUTES } from "./endpoints.ts";
import type { InputSchema } from "./input.ts";
import { PROBLEM_TYPE } from "./response.ts";
import type { ResponseDescription, RouteDescription, Service, Webhook } from "./service.ts";

type Json = Record<string, unknown>;
type Schemas = Service<never>["schemas"];

/** The description of a Worker's API as OpenAPI 3.1, made of the schemas that parse its requests. */
export function openApiDocument<Context>(service: Service<Context>, version: string): Json {
  const { schemas } = service;
  const paths: Record<string, Json> = {};
  for (const route of [...service.routes, ...DESCRIPTION_ROUTES]) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route, schemas) };
  }
  const otherMethod = { ...error("405 of any other method"), headers: { Allow: "The allowed methods" } };
  return {
    openapi: "3.1.0",
    info: { title: service.title, version },
    paths,
    ...(service.webhooks && { webhooks: webhooksOf(service.webhooks, schemas) }),
    components: {
      schemas: namedSchemas(schemas),
      responses: {
        NotFound: errorOf({ description: "404 of any other path", schema: notFound }, schemas),
        MethodNotAllowed: errorOf(otherMethod, schemas),
      },
      securitySchemes: { bearer: { type: "http", scheme: "bearer", description: service.bearer } },
    },
  };
}

function operationOf(route: RouteDescription, schemas: Schemas): Json {
  const { name, summary, auth, input } = route;
  return {
    operationId: name,
    summary,
    security: auth === "bearer" ? [{ bearer: [] }] : [],
    ...(input && inputOf(input, schemas)),
    responses: Object.fromEntries(
      Object.entries({ ...commonResponses(route), ...route.responses }).map(([status, response]) => [
        status,
        Number(status) < 400 ? responseOf(response, schemas) : errorOf(response, schemas),
      ]),
    ),
  };
}

function inputOf(input: InputSchema, schemas: Schemas): Json {
  return "query" in input
    ? { parameters: parametersOf(input.query) }
    : { requestBody: { required: !input.optional, content: jsonOf(input.body, schemas) } };
}

function webhooksOf(webhooks: Readonly<Record<string, Webhook>>, schemas: Schemas): Json {
  return Object.fromEntries(
    Object.entries(webhooks).map(([name, { summary, body, responses }]) => [
      name,
      {
        post: {
          operationId: name,
          summary,
          requestBody: { required: true, content: jsonOf(body, schemas) },
          responses: Object.fromEntries(
            Object.entries(responses).map(([status, description]) => [status, { description }]),
          ),
        },
      },
    ]),
  );
}

const error = (description: string): ResponseDescription => ({ description, schema: problem });

function commonResponses({ input, auth }: RouteDescription): Record<number, ResponseDescription> {
  return {
    ...(input && { 400: error("Validation failed") }),
    ...(auth === "bearer" && {
      401: { ...error("No well-formed bearer token"), headers: { "WWW-Authenticate": "Bearer" } },
      403: error("The wrong token"),
    }),
    ...(input && "body" in input && { 413: error("Body too large") }),
    500: error("Configuration invalid, or an internal error"),
  };
}

function responseOf(
  { description, schema, mediaTypes = [], headers }: ResponseDescription,
  schemas: Schemas,
): Json {
  const others = Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, {}]));
  const content = { ...(schema && jsonOf(schema, schemas)), ...others };
  return { description, ...headersOf(headers), ...(Object.keys(content).length > 0 && { content }) };
}

/** An error in both its forms: the documented one, and RFC 9457's for requests that accept it by name. */
function errorOf({ description, schema = problem, headers }: ResponseDescription, schemas: Schemas): Json {
  const asProblem = { [PROBLEM_TYPE]: { schema: referenceOf(problemDetails, schemas) } };
  return { description, ...headersOf(headers), content: { ...jsonOf(schema, schemas), ...asProblem } };
}

function headersOf(headers: ResponseDescription["headers"]): Json {
  if (!headers) return {};
  const described = Object.entries(headers).map(([name, description]) => [
    name,
    { description, schema: { type: "string" } },
  ]);
  return { headers: Object.fromEntries(described) };
}

function jsonOf(schema: z.ZodType, schemas: Schemas): Json {
  return { "application/json": { schema: referenceOf(schema, schemas) } };
}

/** A reference to a named schema, or to each named schema of a union; any other schema is written out. */
function referenceOf(schema: z.ZodType, schemas: Schemas): Json {
  const name = Object.keys(schemas).find((id) => schemas[id] === schema);
  if (name) return { $ref: `#/components/schemas/${name}` };
  if (schema instanceof z.ZodUnion) {
    return { anyOf: schema.options.map((option) => referenceOf(option as z.ZodType, schemas)) };
  }
  return jsonSchemaOf(schema);
}

function parametersOf(query: z.ZodObject): Json[] {
  return Object.entries(query.shape as Record<string, z.ZodType>).map(([name, schema]) => {
    const json = jsonSchemaOf(schema);
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
}

function jsonSchemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input", override: describeParser });
  return json;
}

function namedSchemas(schemas: Schemas): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, {
    // Requests as they are sent. Responses have no transforms, so that input and output are the same for them.
    io: "input",
    uri: (id) => `#/components/schemas/${id}`,
    override: describeParser,
  });
  return Object.fromEntries(
    Object.entries(made.schemas).map(([id, { $schema: _, $id: __, ...json }]) => [id, json]),
  );
}

function describeParser({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: Json }): void {
  // The registry's type takes only schemas that are in it; this looks up every schema.
  Object.assign(jsonSchema, forms.get(zodSchema as z.ZodType)?.json);
}
