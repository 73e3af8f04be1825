import { describe } from "vitest";
import { hotConformance } from "../../test/conformance/hot.ts";
import { SqliteHotStore } from "../../test/support/hot/sqlite-hot-store.ts";

describe("SQLite in memory as HotStore", () => {
  hotConformance(async () => new SqliteHotStore());
});
