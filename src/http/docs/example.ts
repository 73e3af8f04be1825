import { type ListedOperation, nameOf, type OpenApi, type Schema, type Schemas } from "./document.ts";

/** The operation as a curl command, made of the examples and defaults in the schemas. */
export function exampleCall(
  { method, path, parameters = [], requestBody, security }: ListedOperation,
  { schemas, securitySchemes }: OpenApi["components"],
  origin: string,
): string {
  const query = parameters
    .filter(({ required, schema }) => required || schema.examples !== undefined)
    .map(({ name, schema }) => `${name}=${encoded(String(exampleOf(schema, schemas)))}`)
    .join("&");
  const url = `${origin}${path}${query && `?${query}`}`;
  const body = requestBody?.content["application/json"]?.schema;
  const example = body && JSON.stringify(exampleOf(body, schemas), null, 2);
  return [
    `curl ${method === "GET" ? "" : `-X ${method} `}"${url}"`,
    ...(security.length > 0 ? [`-H "Authorization: Bearer $${securitySchemes.bearer.description}"`] : []),
    ...(example && example !== "{}" ? [`-d '${example}'`] : []),
  ].join(" \\\n  ");
}

/** Encoded for a query, but for colons, which a query may have as they are. */
const encoded = (text: string) => encodeURIComponent(text).replaceAll("%3A", ":");

/** A value that the schema allows: its example or default where it has one, else one made of those of its parts. */
function exampleOf(schema: Schema, schemas: Schemas): unknown {
  if (schema.$ref !== undefined) return exampleOf(schemas[nameOf(schema.$ref)] ?? {}, schemas);
  const [given = schema.default ?? schema.enum?.[0]] = schema.examples ?? [];
  if (given !== undefined) return given;
  if (schema.type === "array") return [exampleOf(schema.items ?? {}, schemas)];
  const properties = Object.entries(schema.properties ?? {});
  return Object.fromEntries(properties.map(([name, of]) => [name, exampleOf(of, schemas)]));
}
