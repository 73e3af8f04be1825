import { html } from "hono/html";
import type { Content, OpenApi, Operation, ResponseObject, WebhookOperation } from "./document.ts";
import { exampleCall } from "./example.ts";
import { type Markup, parametersView, typeView } from "./fields.ts";

interface ListedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Every operation of the document, in its order. */
export function listedOperations({ paths }: OpenApi): ListedOperation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

export const methodView = (method: string): Markup => html`<b class="${method.toLowerCase()}">${method}</b>`;

export function operationView(
  { method, path, operation }: ListedOperation,
  { components }: OpenApi,
  origin: string,
): Markup {
  const { operationId, summary, security, parameters = [], requestBody, responses } = operation;
  const { schemas, securitySchemes } = components;
  const secret = securitySchemes.bearer.description;
  const title = `title-${operationId}`;
  return html`<section id="${operationId}" aria-labelledby="${title}">
<h3 id="${title}">${methodView(method)} <code>${path}</code></h3>
<p>${summary}.</p>
<p class="quiet">${security.length > 0 ? "Needs the bearer token." : "Public."}</p>
${parameters.length > 0 ? html`<h4>Parameters</h4>${parametersView(parameters)}` : ""}
${
  requestBody
    ? html`<h4>Body</h4><p>JSON: ${bodyView(requestBody.content)}${requestBody.required ? "" : ", optional"}</p>`
    : ""
}
<h4>Example</h4>
<pre><code>${exampleCall(method, path, operation, { origin, schemas, secret })}</code></pre>
<h4>Responses</h4>
${responsesView(Object.entries(responses))}
</section>`;
}

export function webhookView({ operationId, summary, requestBody, responses }: WebhookOperation): Markup {
  const title = `title-${operationId}`;
  return html`<section id="${operationId}" aria-labelledby="${title}">
<h3 id="${title}">${methodView("POST")} ${operationId}</h3>
<p>${summary}.</p>
<h4>Body</h4><p>JSON: ${bodyView(requestBody.content)}</p>
<h4>What the Worker does on each response</h4>
${responsesView(Object.entries(responses))}
</section>`;
}

function bodyView(content: Content): Markup {
  const schema = content["application/json"]?.schema;
  return schema ? typeView(schema) : html`anything`;
}

export function responsesView(responses: readonly (readonly [string, ResponseObject])[]): Markup {
  return html`<dl>${responses.map(
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
