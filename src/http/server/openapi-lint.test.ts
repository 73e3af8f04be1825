import { createConfig, lintFromString } from "@redocly/openapi-core";
import { expect, it } from "vitest";
import { underTest } from "../../../test/support/http/fake-backfill.ts";
import { etlUnderTest } from "../../../test/support/http/fake-etl.ts";
import { queryUnderTest } from "../../../test/support/http/fake-query.ts";

/** The linter's recommended rules, all as errors, but for those that do not fit. */
const CONFIG: Parameters<typeof createConfig>[0] = {
  extends: ["recommended-strict"],
  rules: {
    // The API is not published, and so has no license.
    "info-license": "off",
    // NotFound is the response to every path that is none of the document's, so that no operation refers to it.
    "no-unused-components": "off",
    // The document is sent by a local Worker too, and names it.
    "no-server-example.com": "off",
  },
};

it.each([
  ["Backfill", underTest().request],
  ["Query", queryUnderTest().request],
  ["ETL Sync", etlUnderTest().request],
])("a linter finds nothing in the document of the %s Worker", async (name, request) => {
  const source = await (await request("/openapi.json")).text();
  const config = await createConfig(CONFIG);
  const problems = await lintFromString({ source, absoluteRef: `${name}.json`, config });
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual(
    [],
  );
});

it("the linter finds an operation without security, and a document without servers", async () => {
  const whole = await (await queryUnderTest().request("/openapi.json")).json();
  const { servers: _, ...source } = whole as Record<string, unknown>;
  const text = JSON.stringify(source).replace('"security":[],', "");
  const config = await createConfig(CONFIG);
  const problems = await lintFromString({ source: text, absoluteRef: "faulty.json", config });
  expect(new Set(problems.map(({ ruleId }) => ruleId))).toEqual(
    new Set(["no-empty-servers", "security-defined"]),
  );
});
