import { type QueryEnv, queryLog, sourcesOf } from "./cloudflare/query-sources.ts";
import { wallClock } from "./cloudflare/storage.ts";
import { createQueryApp } from "./http/query/query.ts";

const app = createQueryApp<QueryEnv>({
  sources: sourcesOf,
  clock: wallClock,
  log: queryLog,
  version: "1.0.0",
});

export default {
  fetch: (request: Request, env: QueryEnv, context: ExecutionContext) => app.fetch(request, env, context),
};
