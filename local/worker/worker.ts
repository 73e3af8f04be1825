/** A Worker on workerd, as a process of wrangler. The door of this folder. */
export { fireCron, fireCrons } from "./cron.ts";
export { isPortTaken, startAgainIf } from "./start-again.ts";
export { startWorker, type WorkerOptions, type WorkerProcess } from "./worker-process.ts";
export { forgetWorkers, wranglerEnv, wranglerProcessEnv } from "./wrangler-env.ts";
