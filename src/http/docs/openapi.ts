import { z } from "zod";
import { forms, notFound, problem, problemDetails, serviceRoot } from "../../contract/parameters.ts";
import { PROBLEM_TYPE } from "../server/problem.ts";
import type { Reply, Route, Service, Webhook } from "../server/route.ts";

type Json = Record<string, unknown>;
type Schemas = Service<never>["schemas"];

/** The description of a Worker's API as OpenAPI 3.1, made of the very schemas that judge and type it. */
export function openApiDocument<Call>(service: Service<Call>, version: string): Json {
  const { schemas } = service;
  const paths: Record<string, Json> = { ...descriptionPaths(schemas) };
  for (const route of service.routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route, schemas) };
  }
  return {
    openapi: "3.1.0",
    info: { title: service.title, version },
    paths,
    ...(service.webhooks && { webhooks: webhooksOf(service.webhooks, schemas) }),
    components: {
      schemas: namedSchemas(schemas),
      responses: {
        NotFound: refusalOf({ description: "404 of any other path", schema: notFound }, schemas),
        MethodNotAllowed: refusalOf(
          { ...refused("405 of any other method"), headers: { Allow: "The methods that there are" } },
          schemas,
        ),
      },
      securitySchemes: { bearer: { type: "http", scheme: "bearer", description: service.bearer } },
    },
  };
}

function operationOf<Call>(route: Route<Call>, schemas: Schemas): Json {
  return {
    operationId: route.name,
    summary: route.summary,
    security: route.access === "bearer" ? [{ bearer: [] }] : [],
    ...(route.query && { parameters: parametersOf(route.query) }),
    ...(route.body && {
      requestBody: { required: !route.body.optional, content: jsonOf(route.body.schema, schemas) },
    }),
    responses: Object.fromEntries(
      Object.entries({ ...commonReplies(route), ...route.replies }).map(([status, reply]) => [
        status,
        Number(status) < 400 ? responseOf(reply, schemas) : refusalOf(reply, schemas),
      ]),
    ),
  };
}

function webhooksOf(webhooks: Readonly<Record<string, Webhook>>, schemas: Schemas): Json {
  return Object.fromEntries(
    Object.entries(webhooks).map(([name, { summary, body, replies }]) => [
      name,
      {
        post: {
          operationId: name,
          summary,
          requestBody: { required: true, content: jsonOf(body, schemas) },
          responses: Object.fromEntries(
            Object.entries(replies).map(([status, description]) => [status, { description }]),
          ),
        },
      },
    ]),
  );
}

const refused = (description: string): Reply => ({ description, schema: problem });

function commonReplies<Call>(route: Route<Call>): Record<number, Reply> {
  const common: Record<number, Reply> = { 500: refused("Configuration invalid, or an internal error") };
  if (route.query || route.body) common[400] = refused("Validation failed");
  if (route.body) common[413] = refused("Body too large");
  if (route.access === "public") return common;
  const asked = { "WWW-Authenticate": "Bearer" };
  return {
    ...common,
    401: { ...refused("No well-formed bearer token"), headers: asked },
    403: refused("The wrong token"),
  };
}

function descriptionPaths(schemas: Schemas): Record<string, Json> {
  const get = (operationId: string, summary: string, reply: Reply, more: Json = {}): Json => ({
    get: { operationId, summary, security: [], responses: { 200: responseOf(reply, schemas), ...more } },
  });
  return {
    "/": get("root", "The service and its endpoints", {
      description: "Also answers where the configuration is invalid",
      schema: serviceRoot,
    }),
    "/openapi.json": get(
      "openapi",
      "This document",
      { description: "OpenAPI 3.1", schema: z.looseObject({}) },
      { 500: refusalOf(refused("Configuration invalid"), schemas) },
    ),
    "/docs": get(
      "docs",
      "This document, to read",
      { description: "A page without scripts", otherwise: ["text/html"] },
      { 500: refusalOf(refused("Configuration invalid"), schemas) },
    ),
  };
}

function responseOf({ description, schema, otherwise = [], headers }: Reply, schemas: Schemas): Json {
  const others = Object.fromEntries(otherwise.map((mediaType) => [mediaType, {}]));
  const content = { ...(schema && jsonOf(schema, schemas)), ...others };
  return { description, ...headersOf(headers), ...(Object.keys(content).length > 0 && { content }) };
}

/** In both forms: the documented one, and by RFC 9457 where that is asked for. */
function refusalOf({ description, schema = problem, headers }: Reply, schemas: Schemas): Json {
  const asProblem = { [PROBLEM_TYPE]: { schema: referenceOf(problemDetails, schemas) } };
  return { description, ...headersOf(headers), content: { ...jsonOf(schema, schemas), ...asProblem } };
}

function headersOf(headers: Reply["headers"]): Json {
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

/** A named schema is pointed at; a union of named ones points at each. */
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
      // Viewers show a parameter's own description; JSON Schema's would be lost in some.
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
    // Requests as they are sent; responses carry no transforms, so theirs is the same either way.
    io: "input",
    uri: (id) => `#/components/schemas/${id}`,
    override: describeParser,
  });
  return Object.fromEntries(
    Object.entries(made.schemas).map(([id, { $schema: _, $id: __, ...json }]) => [id, json]),
  );
}

function describeParser({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: Json }): void {
  // The registry is asked for any schema; its type knows those that were put into it.
  Object.assign(jsonSchema, forms.get(zodSchema as z.ZodType)?.json);
}
