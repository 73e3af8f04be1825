import { expect, test } from "vitest";
import { Chance } from "../harness/chance.ts";
import { World } from "../harness/world.ts";

test("a replacement that is stopped or overtaken at any moment leaves no verified day with another object", async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const world = new World({ seed, config: { pageSize: 1_000 } });
    const chance = new Chance(seed);
    const otherRows = () => world.vendor.relist("site_a", (listed) => listed.slice(3));
    await world.start("2024-01-01", "2024-01-02");
    await world.run();
    // The invariants compare ledger and objects after every step.
    for (let round = 0; round < 4; round++) {
      otherRows();
      await world.ask((coordinator) => coordinator.verify({ mode: "quick" }));
      await world.start("2024-01-01", "2024-01-02", { force_restart: true });
      let left = 10 + chance.below(60);
      await world.run(() => left-- <= 0);
      if (chance.below(2) === 0) await world.cancel();
    }
    await world.run();
    const days = await world.ask((coordinator) => coordinator.days({}, 10));
    expect(days.every(({ status }) => status === "completed" || status === "pending")).toBe(true);
  }
});
