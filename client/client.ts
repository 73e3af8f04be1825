/** HTTP clients of the Workers, local or deployed. The door of this folder. */
export { BackfillClient } from "./backfill-client.ts";
export { envProxy, proxyAdvice, proxyName } from "./env-proxy.ts";
export { EtlClient } from "./etl-client.ts";
export * from "./local-addresses.ts";
export { type PollOptions, poll, pollBackfill } from "./poll.ts";
export { type ArchivedFile, namedPoints, QueryClient } from "./query-client.ts";
export { announceStack, type LocalStack, localStack, stackNote } from "./running-stack.ts";
export {
  fetchWorker,
  logAdvice,
  RUN_DOCTOR,
  successBody,
  type Worker,
} from "./worker-request.ts";
