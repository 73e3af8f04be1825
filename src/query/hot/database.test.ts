import { describe } from "vitest";
import { hotConformance } from "../../../test/conformance/hot.ts";
import { SqliteHot } from "../../../test/support/query/sqlite-hot.ts";

describe("SQLite in memory as HotDatabase", () => {
  hotConformance(async () => {
    const database = new SqliteHot();
    const run = async (statement: string, ...values: readonly (string | number)[]) => {
      database.db.prepare(statement).run(...values);
    };
    return { database, run };
  });
});
