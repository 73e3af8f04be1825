import { html } from "hono/html";
import { nameOf, type Parameter, type Schema } from "./document.ts";

/** Escaped HTML, as `html` makes it. */
export type Markup = ReturnType<typeof html>;

/** The fields of an object, or the type of any other schema. */
export function schemaView(schema: Schema): Markup {
  const { properties, required = [] } = schema;
  if (!properties) return html`<p>${typeView(schema)}</p>`;
  const fields = Object.entries(properties);
  if (fields.length === 0) return html`<p>No fields.</p>`;
  return html`<dl>${fields.map(([name, field]) => fieldView(html`<code>${name}</code>`, field, required.includes(name)))}</dl>`;
}

export function parametersView(parameters: readonly Parameter[]): Markup {
  return html`<dl>${parameters.map((parameter) => fieldView(labelOf(parameter), parameter.schema, parameter.required))}</dl>`;
}

const labelOf = ({ name, in: place }: Parameter): Markup =>
  html`<code>${name}</code>${place === "header" ? " in a header:" : ""}`;

/** A field; where it is an object or a list of objects, with the inner fields. */
function fieldView(label: Markup, schema: Schema, required: boolean): Markup {
  const inner = [schema, schema.items, ...(schema.anyOf ?? [])].find((candidate) => candidate?.properties);
  const notes = notesOf(schema);
  return html`<dt>${label} <span>${typeView(schema)}${required ? ", required" : ""}</span></dt>
    <dd>${notes.length > 0 ? html`<p>${notes.join("; ")}</p>` : ""}${inner ? schemaView(inner) : ""}</dd>`;
}

/** The type in words, with a link to a named schema. */
export function typeView(schema: Schema): Markup {
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum)
    return alternatives(schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`));
  if (schema.anyOf) return alternatives(schema.anyOf.map(typeView));
  if (schema.type === "array") return html`list of ${typeView(schema.items ?? {})}`;
  if (typeof schema.additionalProperties === "object" && !schema.properties)
    return html`object of ${typeView(schema.additionalProperties)}`;
  return html`${[schema.type ?? "anything"].flat().join(" or ")}`;
}

const alternatives = (views: readonly Markup[]): Markup =>
  html`${views.map((view, index) => html`${index > 0 ? " or " : ""}${view}`)}`;

function notesOf({ description, examples, items, ...schema }: Schema): string[] {
  const keywords: readonly (readonly [string, unknown])[] = [
    ["format", schema.format],
    ["matches", schema.pattern],
    ["at least", bound(schema.minimum)],
    ["at most", bound(schema.maximum)],
    ["number of items at least", schema.minItems],
    ["number of items at most", schema.maxItems],
    ["default", JSON.stringify(schema.default)],
    ["for example", examples?.map((example) => JSON.stringify(example)).join(", ")],
  ];
  return [
    ...(description === undefined ? [] : [description.replace(/\.$/, "")]),
    ...keywords.flatMap(([label, value]) => (value === undefined ? [] : [`${label} ${value}`])),
    ...(items ? notesOf(items).map((note) => `each ${note}`) : []),
  ];
}

/** In JSON Schema every whole number has the bounds of safe integers; they are not shown. */
const bound = (value: number | undefined) =>
  Math.abs(value ?? 0) === Number.MAX_SAFE_INTEGER ? undefined : value;
