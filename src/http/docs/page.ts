import { html, raw } from "hono/html";
import type { Content, OpenApi, Operation, Reply, Sent } from "./document.ts";
import { exampleCall } from "./example.ts";
import { type Markup, parametersView, schemaView, typeView } from "./fields.ts";
import { STYLE } from "./style.ts";

/** The document as a page to read: no script, nothing from elsewhere. `origin` is where the examples ask. */
export function docsPage(document: OpenApi, origin: string): Markup {
  const { info, components } = document;
  const operations = operationsOf(document);
  const schemas = Object.entries(components.schemas);
  const sent = Object.values(document.webhooks ?? {}).map(({ post }) => post);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title}: API</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the operations</a>
<header>
<h1>${info.title}</h1>
<p class="quiet">Version ${info.version}. The same for machines: <a href="/openapi.json">OpenAPI 3.1</a>.
Where a bearer is asked for, it is the secret <code>${components.securitySchemes.bearer.description}</code>.</p>
</header>
<nav aria-label="Contents">
<h2>Operations</h2>
<ul>${operations.map(
    ({ method, path, operation }) =>
      html`<li><a href="#${operation.operationId}">${methodView(method)} ${path}</a></li>`,
  )}</ul>
${sent.length > 0 ? html`<h2><a href="#sent">Sent by itself</a></h2>` : ""}
<h2><a href="#schemas">Schemas</a></h2>
</nav>
<main id="main">
<section aria-labelledby="operations">
<h2 id="operations">Operations</h2>
${operations.map(({ method, path, operation }) => operationView(method, path, operation, document, origin))}
</section>
${sent.length > 0 ? html`<section aria-labelledby="sent"><h2 id="sent">Sent by itself</h2>${sent.map(sentView)}</section>` : ""}
<section aria-labelledby="everywhere">
<h2 id="everywhere">Of every path</h2>
${repliesView(Object.values(components.responses).map((reply) => ["", reply]))}
</section>
<section aria-labelledby="schemas">
<h2 id="schemas">Schemas</h2>
${schemas.map(
  ([name, schema]) => html`<section id="schema-${name}" aria-labelledby="name-${name}">
<h3 id="name-${name}"><code>${name}</code></h3>
${schema.description === undefined ? "" : html`<p>${schema.description}</p>`}
${schemaView(schema)}
</section>`,
)}
</section>
</main>
</body>
</html>`;
}

interface Listed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** What the Worker does before what describes it. */
function operationsOf({ paths }: OpenApi): Listed[] {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const describes = ({ path }: Listed) => DESCRIPTIONS.includes(path);
  return [...all.filter((one) => !describes(one)), ...all.filter(describes)];
}

const DESCRIPTIONS = ["/", "/openapi.json", "/docs"];

const methodView = (method: string): Markup => html`<b class="${method.toLowerCase()}">${method}</b>`;

function operationView(
  method: string,
  path: string,
  operation: Operation,
  { components }: OpenApi,
  origin: string,
): Markup {
  const { operationId, summary, security, parameters = [], requestBody, responses } = operation;
  const { schemas, securitySchemes } = components;
  const example = exampleCall(method, path, operation, {
    ...{ origin, schemas },
    secret: securitySchemes.bearer.description,
  });
  const title = `title-${operationId}`;
  return html`<section id="${operationId}" aria-labelledby="${title}">
<h3 id="${title}">${methodView(method)} <code>${path}</code></h3>
<p>${summary}.</p>
<p class="quiet">${security.length > 0 ? "Asks for the bearer." : "Public."}</p>
${parameters.length > 0 ? html`<h4>Parameters</h4>${parametersView(parameters)}` : ""}
${
  requestBody
    ? html`<h4>Body</h4><p>JSON: ${bodyView(requestBody.content)}${requestBody.required ? "" : "; may be left out"}</p>`
    : ""
}
<h4>Example</h4>
<pre><code>${example}</code></pre>
<h4>Replies</h4>
${repliesView(Object.entries(responses))}
</section>`;
}

function sentView({ operationId, summary, requestBody, responses }: Sent): Markup {
  const title = `title-${operationId}`;
  return html`<section id="${operationId}" aria-labelledby="${title}">
<h3 id="${title}">${methodView("POST")} ${operationId}</h3>
<p>${summary}.</p>
<h4>Body</h4><p>JSON: ${bodyView(requestBody.content)}</p>
<h4>What becomes of the reply</h4>
${repliesView(Object.entries(responses))}
</section>`;
}

function bodyView(content: Content): Markup {
  const schema = content["application/json"]?.schema;
  return schema ? typeView(schema) : html`anything`;
}

function repliesView(replies: readonly (readonly [string, Reply])[]): Markup {
  return html`<dl>${replies.map(
    ([status, { description, headers = {}, content = {} }]) =>
      html`<dt>${status === "" ? "" : html`<b>${status}</b> `}${description}</dt>
<dd>${Object.entries(content).map(
        ([mediaType, { schema }], index) =>
          html`${index > 0 ? ", " : ""}<code>${mediaType}</code>${schema ? html` ${typeView(schema)}` : ""}`,
      )}${Object.entries(headers).map(
        ([name, header]) => html`<br><code>${name}</code> ${header.description}`,
      )}</dd>`,
  )}</dl>`;
}
