import { nameOf, type Operation, type Schema, type Schemas } from "./document.ts";

/** A call as it would be typed, made of what the schemas give as examples and defaults. */
export function exampleCall(
  method: string,
  path: string,
  operation: Operation,
  { origin, secret, schemas }: { origin: string; secret: string; schemas: Schemas },
): string {
  const query = (operation.parameters ?? [])
    .filter(({ required, schema }) => required || schema.examples !== undefined)
    .map(({ name, schema }) => `${name}=${readable(String(exampleOf(schema, schemas)))}`)
    .join("&");
  const url = `${origin}${path}${query && `?${query}`}`;
  const body = operation.requestBody?.content["application/json"]?.schema;
  const example = body && JSON.stringify(exampleOf(body, schemas), null, 2);
  return [
    `curl ${method === "GET" ? "" : `-X ${method} `}"${url}"`,
    ...(operation.security.length > 0 ? [`-H "Authorization: Bearer $${secret}"`] : []),
    ...(example && example !== "{}" ? [`-d '${example}'`] : []),
  ].join(" \\\n  ");
}

/** A colon may stand in a query as it is. */
const readable = (text: string) => encodeURIComponent(text).replaceAll("%3A", ":");

/** A value that the schema lets through, and that says what is meant where the schema does. */
export function exampleOf(schema: Schema, schemas: Schemas): unknown {
  if (schema.$ref !== undefined) return exampleOf(schemas[nameOf(schema.$ref)] ?? {}, schemas);
  const [given = schema.default ?? schema.const ?? schema.enum?.[0]] = schema.examples ?? [];
  if (given !== undefined) return given;
  if (schema.anyOf) return exampleOf(schema.anyOf[0] ?? {}, schemas);
  const [type] = [schema.type ?? []].flat();
  switch (type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, of]) => [name, exampleOf(of, schemas)]),
      );
    case "array":
      return [exampleOf(schema.items ?? {}, schemas)];
    case "number":
    case "integer":
      return schema.minimum ?? 0;
    case "boolean":
      return false;
    case "null":
      return null;
    default:
      return "…";
  }
}
