import type { z } from "zod";
import type { SecretName } from "../../domain/config.ts";
import { type InputRules, type InputSchema, parseInput } from "./input.ts";
import type { Fields } from "./request-fields.ts";
import type { JsonResponse } from "./response.ts";

/** A response as the documentation describes it. */
export interface ResponseDescription {
  readonly description: string;
  /** The schema of its JSON body. */
  readonly schema?: z.ZodType;
  /** Its media types other than JSON. */
  readonly mediaTypes?: readonly string[];
  /** The headers of this response in particular, each with its meaning. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type ResponseDescriptions = Readonly<Record<number, ResponseDescription>>;

export const RETRY_AFTER = { "Retry-After": "Seconds to wait before the request is sent again" } as const;

/** A route as its documentation describes it. */
export interface RouteDescription {
  /** Name in the list of endpoints, and OpenAPI's operationId. */
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Whether the route works without the bearer token. */
  readonly isPublic?: boolean;
  readonly summary: string;
  /** Absent: the route ignores body and parameters. */
  readonly input?: InputSchema;
  /** The request headers that change the response, each with its meaning; none is required. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly responses: ResponseDescriptions;
}

/** A route of a Worker whose requests come as a `Context`: authenticated, with what the Worker answers from. */
export interface Route<Context> extends RouteDescription {
  /** Whether the route, though public, needs the Worker's secrets to be set. */
  readonly needsSecrets?: boolean;
  respond(context: Context): Promise<JsonResponse | Response>;
}

/** What a route consists of before `route` puts parsing in front of its `handle`. */
export interface RouteDefinition<Context, S extends z.ZodObject> extends RouteDescription {
  readonly input: InputSchema<S>;
  readonly rules?: InputRules<Context>;
  /** What helps a client whose input is not valid. */
  readonly inputHint?: string;
  /** Called with the parsed input; invalid input never gets here. */
  handle(context: Context, input: z.output<S>): Promise<JsonResponse | Response>;
}

/** A route that parses its input by the schema that documents it, and then handles the parsed input. */
export function route<Context extends { readonly request: Request }, S extends z.ZodObject>(
  definition: RouteDefinition<Context, S>,
): Route<Context> {
  const { handle, rules, inputHint, ...description } = definition;
  return {
    ...description,
    async respond(context) {
      const allRules = (fields: Fields) => (rules ? rules(fields, context) : []);
      const parsed = await parseInput(context.request, description.input, allRules, inputHint);
      return "rejected" in parsed ? parsed.rejected : handle(context, parsed.value);
    },
  };
}

/** A request that a Worker sends to an address of the operator. */
export interface Webhook {
  readonly summary: string;
  readonly body: z.ZodType;
  /** What the Worker does on each response. */
  readonly responses: Readonly<Record<string, string>>;
}

/** The HTTP of one Worker, described once: for routing, authentication and documentation. */
export interface Service<Context> {
  readonly title: string;
  /** What the Worker is for, in a sentence. */
  readonly summary: string;
  /** The secret that a bearer must know. */
  readonly bearer: SecretName;
  /** Secrets without which no protected route can do its work; `bearer` among them. */
  readonly secrets: readonly SecretName[];
  readonly routes: readonly Route<Context>[];
  /** The response to a fault that a route throws; undefined for an unexpected one, of which the client learns nothing. */
  readonly faultResponse?: (fault: unknown) => JsonResponse | undefined;
  /** Requests that the Worker sends, by name. */
  readonly webhooks?: Readonly<Record<string, Webhook>>;
}
