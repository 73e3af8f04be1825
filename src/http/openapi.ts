import { z } from "zod";
import * as wire from "../contract/backfill.ts";
import type { Reply, Route } from "./route.ts";

type Json = Record<string, unknown>;

/** Schemas that get a name of their own; the others stand where they are used. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  StartRequest: wire.startRequest,
  StartAccepted: wire.startAccepted,
  StartConflict: wire.startConflict,
  Plan: wire.plan,
  Status: wire.status,
  NotStarted: wire.notStarted,
  SiteView: wire.siteView,
  Cancelled: wire.cancelled,
  DaySelection: wire.daySelection,
  DayView: wire.dayView,
  DayList: wire.dayList,
  Evidence: wire.evidence,
  ErrorView: wire.errorView,
  ErrorList: wire.errorList,
  RetryAccepted: wire.retryAccepted,
  VerifyRequest: wire.verifyRequest,
  AuditAccepted: wire.auditAccepted,
  AuditView: wire.auditView,
  AuditList: wire.auditList,
  EmptyRequest: wire.emptyRequest,
  Problem: wire.problem,
  NotFound: wire.notFound,
  ServiceRoot: wire.serviceRoot,
};

/** The description of the API as OpenAPI 3.1, made of the very schemas that judge and type it. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const schemas = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) schemas.add(schema, { id });
  const paths: Record<string, Json> = { ...descriptionPaths() };
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Building Vitals Backfill Worker", version },
    paths,
    components: {
      schemas: namedSchemas(schemas),
      responses: {
        NotFound: responseOf({ description: "404 of any other path", schema: wire.notFound }),
        MethodNotAllowed: responseOf(problem("405 of any other method; Allow names those there are")),
      },
      securitySchemes: { bearer: { type: "http", scheme: "bearer", description: "BACKFILL_API_KEY" } },
    },
  };
}

function operationOf(route: Route): Json {
  return {
    operationId: route.name,
    summary: route.summary,
    security: route.access === "bearer" ? [{ bearer: [] }] : [],
    ...(route.query && { parameters: parametersOf(route.query) }),
    ...(route.body && {
      requestBody: { required: !route.body.optional, content: jsonOf(route.body.schema) },
    }),
    responses: Object.fromEntries(
      Object.entries({ ...commonReplies(route), ...route.replies }).map(([status, reply]) => [
        status,
        responseOf(reply),
      ]),
    ),
  };
}

const problem = (description: string): Reply => ({ description, schema: wire.problem });

function commonReplies(route: Route): Record<number, Reply> {
  const common: Record<number, Reply> = {
    400: problem("Validation failed"),
    500: problem("Configuration invalid, or an internal error"),
  };
  if (route.body) common[413] = problem("Body too large");
  if (route.access === "public") return common;
  return { ...common, 401: problem("No well-formed bearer token"), 403: problem("The wrong token") };
}

function descriptionPaths(): Record<string, Json> {
  const get = (operationId: string, summary: string, reply: Reply, more: Json = {}): Json => ({
    get: { operationId, summary, security: [], responses: { 200: responseOf(reply), ...more } },
  });
  return {
    "/": get("root", "The service and its endpoints", {
      description: "Also answers where the configuration is invalid",
      schema: wire.serviceRoot,
    }),
    "/openapi.json": get(
      "openapi",
      "This document",
      { description: "OpenAPI 3.1" },
      { 500: responseOf(problem("Configuration invalid")) },
    ),
  };
}

function responseOf({ description, schema }: Reply): Json {
  return { description, ...(schema && { content: jsonOf(schema) }) };
}

function jsonOf(schema: z.ZodType): Json {
  return { "application/json": { schema: referenceOf(schema) } };
}

/** A named schema is pointed at; a union of named ones points at each. */
function referenceOf(schema: z.ZodType): Json {
  const name = Object.keys(NAMED).find((id) => NAMED[id] === schema);
  if (name) return { $ref: `#/components/schemas/${name}` };
  if (schema instanceof z.ZodUnion) {
    return { anyOf: schema.options.map((option) => referenceOf(option as z.ZodType)) };
  }
  return jsonSchemaOf(schema);
}

function parametersOf(query: z.ZodObject): Json[] {
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    schema: jsonSchemaOf(schema as z.ZodType),
  }));
}

function jsonSchemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input", override: describeParsers });
  return json;
}

function namedSchemas(schemas: ReturnType<typeof z.registry<{ id: string }>>): Json {
  const made = z.toJSONSchema(schemas, {
    // Requests as they are sent; responses carry no transforms, so theirs is the same either way.
    io: "input",
    uri: (id) => `#/components/schemas/${id}`,
    override: describeParsers,
  });
  return Object.fromEntries(
    Object.entries(made.schemas).map(([id, { $schema: _, $id: __, ...json }]) => [id, json]),
  );
}

/** What a parser lets through can't be read off its code. */
function describeParsers({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: Json }): void {
  if (zodSchema === wire.utcDay) jsonSchema.format = "date";
  if (zodSchema === wire.siteName) jsonSchema.pattern = "^[A-Za-z0-9_-]{1,100}$";
  if (zodSchema === wire.errorsLimit) {
    Object.assign(jsonSchema, { type: "integer", minimum: 1, maximum: wire.ERRORS_LIMIT_MAX });
  }
}
