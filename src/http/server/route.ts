import type { z } from "zod";
import type { SecretName } from "../../domain/config.ts";
import type { Answer } from "./answer.ts";

/** What a status means, and the schema of its JSON body; without one the body is described in words. */
export interface Reply {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Other media types in which it is given, described in words. */
  readonly otherwise?: readonly string[];
  /** What it carries besides, by name. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const RETRY_AFTER = { "Retry-After": "Seconds after which to ask again" } as const;

/**
 * One route, with what its documentation needs. Schemas are those that `handle` judges by. A `Call` is a request that
 * has passed routing, configuration and authentication, with what the Worker answers it from.
 */
export interface Route<Call> {
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

/** A request that a Worker makes of somebody else. */
export interface Webhook {
  readonly summary: string;
  readonly body: z.ZodType;
  /** What is made of the reply. */
  readonly replies: Readonly<Record<string, string>>;
}

/** The HTTP of one Worker, described once: for routing, for the lock and for its documentation. */
export interface Service<Call> {
  readonly title: string;
  /** The secret that a bearer must know. */
  readonly bearer: SecretName;
  /** Secrets without which no protected route can do its work; `bearer` among them. */
  readonly secrets: readonly SecretName[];
  readonly routes: readonly Route<Call>[];
  /** What is said of a fault that a route throws; undefined: nothing but that there was one. */
  readonly faultAnswer?: (fault: unknown) => Answer | undefined;
  /** What it sends by itself, by name. */
  readonly webhooks?: Readonly<Record<string, Webhook>>;
  /** Schemas that get a name of their own in the documentation; the others stand where they are used. */
  readonly schemas: Readonly<Record<string, z.ZodType>>;
}
