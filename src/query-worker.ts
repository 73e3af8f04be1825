import { type QueryEnv, queryLog } from "./cloudflare/query-env.ts";
import { QUERY_SECRETS } from "./domain/config.ts";
import { parseQueryConfig } from "./domain/query-config.ts";
import { secretOf } from "./domain/variables.ts";

export default {
  async fetch(request: Request, env: QueryEnv): Promise<Response> {
    if (new URL(request.url).pathname !== "/health") {
      return Response.json({ error: "Not found", endpoints: ["GET /health"] }, { status: 404 });
    }
    const faults = configurationFaults(env);
    if (faults.length === 0) {
      return Response.json({ status: "ok", service: "Building Vitals Query Worker", version: "1.0.0" });
    }
    queryLog("ERROR", "The configuration is invalid", { faults });
    return Response.json({ error: "Configuration invalid", details: faults }, { status: 500 });
  },
};

function configurationFaults(env: object): string[] {
  const variables = env as Readonly<Record<string, unknown>>;
  const parsed = parseQueryConfig(variables);
  const unset = QUERY_SECRETS.filter((name) => secretOf(variables, name) === "");
  return [...(parsed.ok ? [] : parsed.faults), ...unset.map((name) => `${name} is not set`)];
}
