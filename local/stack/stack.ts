/** The Workers on this machine, with the simulated API or a real one, and what they have stored. The door of this folder. */

export { fireCron, startWorker, type WorkerProcess, wranglerProcessEnv } from "../worker/worker.ts";
export { simulatedApi } from "./api.ts";
export { bringUp } from "./bring-up.ts";
export { BUILDING_SIZE, BUILDINGS } from "./buildings.ts";
export { ageText } from "./first-sync.ts";
export { startStack } from "./start-stack.ts";
export { claimStateDir, SIMULATED } from "./state-dir.ts";
export { createHotTables, openState, type StoredState } from "./stored-state.ts";
