import { rollupRowFaults } from "../reference/months.ts";
import { readWithHyparquet } from "../reference/other-readers.ts";
import { eventually, keyOf, type World } from "../system/fixture.ts";

/** A step that failed by a kill or a fault is tried again within minutes. */
const MADE_MS_MAX = 180_000;

/** Waits until every site has made its roll-ups, and compares these with the objects of the days that they describe. */
export async function checkRollups(world: World): Promise<string[]> {
  await eventually(
    "no roll-up is left to make",
    async () => {
      const sites = await world.client.rollups();
      return sites.every(({ state }) => state === "idle");
    },
    MADE_MS_MAX,
  );
  const state = await world.state();
  const faults: string[] = [];
  for (const key of await state.keys("rollups/")) {
    const site = (key.split("/").at(-1) ?? "").replace(".parquet", "");
    const days = Object.keys(JSON.parse((await state.metadata(key))?.days ?? "{}") as object);
    const samples = [];
    for (const day of days) samples.push(...(await readWithHyparquet(await world.object(keyOf(site, day)))));
    const rows = await readWithHyparquet(await world.object(key));
    faults.push(...rollupRowFaults(key, rows, samples).map((fault) => `${key}: ${fault}`));
  }
  return faults;
}
