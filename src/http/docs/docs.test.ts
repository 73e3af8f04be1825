import { describe, expect, it } from "vitest";
import { ENV, KEY, underTest } from "../../../test/support/http/fake-backfill.ts";
import { ETL_KEY, etlUnderTest } from "../../../test/support/http/fake-etl.ts";
import { QUERY_KEY, queryUnderTest } from "../../../test/support/http/fake-query.ts";
import { docsPage } from "./docs.ts";

interface Api {
  paths: Record<string, Record<string, { operationId: string; parameters?: { name: string }[] }>>;
  components: { schemas: Record<string, { properties?: Record<string, unknown> }> };
}

const WORKERS = [
  { name: "Backfill", token: KEY, request: () => underTest().request },
  { name: "ETL Sync", token: ETL_KEY, request: () => etlUnderTest().request },
  { name: "Query", token: QUERY_KEY, request: () => queryUnderTest().request },
];

describe.each(WORKERS)("the page of the $name Worker", ({ token, request }) => {
  const load = async () => (await request()("/docs")).text();

  it("shows every operation, parameter, schema and field of the document", async () => {
    const api = (await (await request()("/openapi.json")).json()) as Api;
    const page = await load();
    for (const [path, operations] of Object.entries(api.paths)) {
      for (const { operationId, parameters = [] } of Object.values(operations)) {
        const [, section = ""] = page.split(`<section id="${operationId}"`);
        expect(section).toContain(`<code>${path}</code>`);
        for (const { name } of parameters) expect(section).toContain(`<code>${name}</code>`);
      }
    }
    for (const [name, { properties = {} }] of Object.entries(api.components.schemas)) {
      const [, section = ""] = page.split(`<section id="schema-${name}"`);
      for (const field of Object.keys(properties)) expect(section).toContain(`<code>${field}</code>`);
    }
  });

  it("has no script and no outside resource, and its policy allows only its own style", async () => {
    const response = await request()("/docs");
    const page = await response.text();
    expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(page).not.toMatch(/<script|<link|<img|<iframe|<form| on\w+=| style=|@import|url\(/i);
    const [, style = ""] = /<style>([\s\S]*)<\/style>/.exec(page) ?? [];
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
    const hash = Buffer.from(digest).toString("base64");
    expect(response.headers.get("Content-Security-Policy")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
  });

  it("has a target for every link, and each id once", async () => {
    const page = await load();
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target = ""] of page.matchAll(/ href="([^"]+)"/g)) {
      if (target.startsWith("#")) expect(ids).toContain(target.slice(1));
      else expect(target).toBe("/openapi.json");
    }
    for (const [, label] of page.matchAll(/ aria-labelledby="([^"]+)"/g)) expect(ids).toContain(label);
  });

  it("has one title, no skipped level of headings, and a link past the contents", async () => {
    const page = await load();
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('name="viewport"');
    expect(page).toMatch(/<body>\s*<a class="skip" href="#main">/);
    const levels = [...page.matchAll(/<h([1-6])/g)].map((match) => Number(match[1]));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries())
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  });

  it("has examples that the Worker accepts", async () => {
    const examples = [...(await load()).matchAll(/<pre><code>([\s\S]*?)<\/code><\/pre>/g)];
    expect(examples.length).toBeGreaterThan(5);
    for (const [, escaped = ""] of examples) {
      const call = escaped.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
      const [, method = "GET", url = ""] = /^curl (?:-X (\w+) )?"([^"]+)"/.exec(call) ?? [];
      const [, body] = /-d '([\s\S]*)'$/.exec(call) ?? [];
      const needsToken = call.includes('-H "Authorization: Bearer $');
      const { pathname, search } = new URL(url);
      const { status } = await request()(`${pathname}${search}`, {
        method,
        headers: needsToken ? { Authorization: `Bearer ${token}` } : {},
        ...(body !== undefined && { body }),
      });
      // The fakes have nothing to cancel, nothing to retry, and no file of this site.
      const empty = /cancel/.test(url) ? [400] : /retry/.test(url) ? [409] : /file/.test(url) ? [404] : [];
      expect([200, 202, ...empty], call).toContain(status);
    }
  });
});

it("is a 500 where the configuration is invalid, as the document is", async () => {
  const { request } = underTest({ ...ENV, PAGE_SIZE: "777" });
  const response = await request("/docs");
  expect(response.status).toBe(500);
  expect(response.headers.get("Content-Security-Policy")).toBe("default-src 'none'; frame-ancestors 'none'");
});

it("shows markup in a document as text", async () => {
  const hostile = `</style><script>alert("1")</script>`;
  const page = String(
    await docsPage({
      info: { title: hostile, version: hostile, description: hostile },
      servers: [{ url: hostile }],
      paths: { [hostile]: { [hostile]: { ...NOTHING, operationId: hostile, summary: hostile } } },
      components: {
        schemas: { [hostile]: { description: hostile, properties: { [hostile]: { const: hostile } } } },
        responses: {},
        securitySchemes: { bearer: { description: hostile } },
      },
    }),
  );
  expect(page).not.toContain("<script");
  expect(page.split("</style>")).toHaveLength(2);
});

const NOTHING = { security: [], responses: {} };
