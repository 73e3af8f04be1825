import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openState } from "./objects.ts";
import { statementsOf } from "./schema.ts";

const SCHEMA = join(import.meta.dirname, "../../workers/schema/d1-schema.sql");

/** The tables of the hot storage in a state directory; those that are there already stay as they are. */
export async function createHotTables(stateDir: string): Promise<void> {
  const state = await openState(stateDir);
  try {
    const statements = statementsOf(readFileSync(SCHEMA, "utf8"));
    await state.hot.batch(statements.map((statement) => state.hot.prepare(statement)));
  } finally {
    await state.close();
  }
}
