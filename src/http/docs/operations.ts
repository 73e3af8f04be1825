import { html } from "hono/html";
import type { ListedOperation, OpenApi, ResponseObject } from "./document.ts";
import { exampleCall } from "./example.ts";
import { type Markup, parametersView, typeView } from "./fields.ts";

export const methodView = (method: string): Markup => html`<b class="${method.toLowerCase()}">${method}</b>`;

export function operationView(
  operation: ListedOperation,
  components: OpenApi["components"],
  origin: string,
): Markup {
  const { security, parameters = [] } = operation;
  return sectionView(
    operation,
    html`<p class="quiet">${security.length > 0 ? "Needs the bearer token." : "Public."}</p>
${parameters.length > 0 ? html`<h4>Parameters</h4>${parametersView(parameters)}` : ""}
${bodyView(operation)}
<h4>Example</h4>
<pre><code>${exampleCall(operation, components, origin)}</code></pre>
<h4>Responses</h4>`,
  );
}

/** A request that the Worker sends. */
export function webhookView(webhook: ListedOperation): Markup {
  const content = html`${bodyView(webhook)}<h4>What the Worker does on each response</h4>`;
  return sectionView(webhook, content);
}

function sectionView(
  { method, path, operationId, summary, responses }: ListedOperation,
  content: Markup,
): Markup {
  const title = `title-${operationId}`;
  // A response that all operations have is a reference; the page shows it once.
  const own = Object.entries(responses).filter(([, response]) => !("$ref" in response));
  return html`<section id="${operationId}" aria-labelledby="${title}">
<h3 id="${title}">${methodView(method)} <code>${path}</code></h3>
<p>${summary}.</p>
${content}
${responsesView(own)}
</section>`;
}

const bodyView = ({ requestBody }: ListedOperation): Markup =>
  requestBody
    ? html`<h4>Body</h4><p>JSON: ${typeView(requestBody.content["application/json"]?.schema ?? {})}${requestBody.required ? "" : ", optional"}</p>`
    : html``;

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
