import { env } from "cloudflare:test";
import { describe } from "vitest";
import { sqlStatements } from "../../local/stack/sql-statements.ts";
import { D1Hot } from "../../src/cloudflare/d1-hot.ts";
import schema from "../../workers/schema/d1-schema.sql?raw";
import { hotConformance } from "../conformance/hot.ts";

const TABLES = ["samples", "days", "points", "sites"];

describe("D1 as HotDatabase", () => {
  hotConformance(async () => {
    const drop = TABLES.map((table) => `DROP TABLE IF EXISTS ${table}`);
    await env.D1.batch([...drop, ...sqlStatements(schema)].map((statement) => env.D1.prepare(statement)));
    const run = async (statement: string, ...values: readonly (string | number)[]) => {
      await env.D1.prepare(statement)
        .bind(...values)
        .run();
    };
    return { database: new D1Hot(env.D1), run };
  });
});
