import { html, raw } from "hono/html";
import { listedOperations, type OpenApi } from "./document.ts";
import { type Markup, schemaView } from "./fields.ts";
import { methodView, operationView, responsesView, webhookView } from "./operations.ts";
import { STYLE } from "./style.ts";

/** The page for an OpenAPI document, with a policy that allows nothing but the page's own style. */
export async function docsResponse(document: Readonly<Record<string, unknown>>): Promise<Response> {
  const page = await docsPage(document as unknown as OpenApi);
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${await sha256(STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return new Response(String(page), {
    headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy.join("; ") },
  });
}

async function sha256(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...hash));
}

/** The document as a page without scripts or outside resources; its first server is the address in the examples. */
export function docsPage(document: OpenApi): Markup {
  const { info, components, servers } = document;
  const origin = servers[0]?.url ?? "";
  const operations = listedOperations(document.paths);
  const schemas = Object.entries(components.schemas);
  const webhooks = listedOperations(document.webhooks ?? {});
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
<p>${info.description}</p>
<p class="quiet">Version ${info.version}. Machine-readable: <a href="/openapi.json">OpenAPI 3.1</a>.
The bearer token is the secret <code>${components.securitySchemes.bearer.description}</code>.</p>
</header>
<nav aria-label="Contents">
<h2>Operations</h2>
<ul>${operations.map(
    ({ method, path, operationId }) =>
      html`<li><a href="#${operationId}">${methodView(method)} ${path}</a></li>`,
  )}</ul>
${webhooks.length > 0 ? html`<h2><a href="#webhooks">Webhooks</a></h2>` : ""}
<h2><a href="#schemas">Schemas</a></h2>
</nav>
<main id="main">
<section aria-labelledby="operations">
<h2 id="operations">Operations</h2>
${operations.map((listed) => operationView(listed, components, origin))}
</section>
${webhooks.length > 0 ? html`<section aria-labelledby="webhooks"><h2 id="webhooks">Webhooks</h2>${webhooks.map((listed) => webhookView(listed))}</section>` : ""}
<section aria-labelledby="other">
<h2 id="other">Other paths and methods</h2>
${responsesView(Object.values(components.responses).map((response) => ["", response]))}
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
