import type { z } from "zod";
import type { BackfillApi } from "../contract/api.ts";
import type { Config } from "../domain/config.ts";
import type { Clock, Log } from "../ports/ports.ts";
import type { Answer } from "./answer.ts";

/** One request that has passed routing, configuration and authentication. */
export interface Call {
  readonly request: Request;
  readonly config: Config;
  readonly backfill: BackfillApi;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly log: Log;
}

/** What a status means, and the schema of its JSON body; without one the body is described in words. */
export interface Reply {
  readonly description: string;
  readonly schema?: z.ZodType;
}

/** One route, with what its documentation needs. Schemas are those that `handle` judges by. */
export interface Route {
  /** Name in the list of endpoints, and OpenAPI's operationId. */
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly access: "public" | "bearer";
  readonly summary: string;
  readonly body?: { readonly schema: z.ZodType; readonly optional: boolean };
  readonly query?: z.ZodObject;
  readonly replies: Readonly<Record<number, Reply>>;
  handle(call: Call): Promise<Answer | Response>;
}
