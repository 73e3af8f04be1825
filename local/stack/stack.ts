/** Both Workers and the simulated API on this machine, and what they have stored. The door of this folder. */

export { bringUp } from "./bring-up.ts";
export { BUILDING_SIZE, BUILDINGS } from "./buildings.ts";
export { startStack } from "./start-stack.ts";
export { claimStateDir } from "./state-dir.ts";
export { createHotTables, openState, type StoredState } from "./stored-state.ts";
export { startWorker, type WorkerProcess } from "./worker-process.ts";
export { wranglerProcessEnv } from "./wrangler-env.ts";
