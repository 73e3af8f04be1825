import { env } from "cloudflare:test";
import { describe } from "vitest";
import { sqlStatements } from "../../local/stack/sql-statements.ts";
import { D1Hot } from "../../src/cloudflare/d1-hot.ts";
import migration from "../../workers/schema/migrations/0001_hot_blocks.sql?raw";
import { hotConformance } from "../conformance/hot.ts";

const TABLES = ["blocks", "windows", "days", "points", "sites"];

describe("D1 as HotStore", () => {
  hotConformance(async () => {
    const drop = TABLES.map((table) => `DROP TABLE IF EXISTS ${table}`);
    await env.D1.batch([...drop, ...sqlStatements(migration)].map((statement) => env.D1.prepare(statement)));
    return new D1Hot(env.D1);
  });
});
