import { timingSafeEqual } from "hono/utils/buffer";
import type { SecretName } from "../../domain/config.ts";
import { type Env, secretOf } from "../../domain/variables.ts";
import { errorResponse, type JsonResponse } from "./response.ts";

/** The characters of a token that a header can carry. More than RFC 6750's token68: "p@ss!" is allowed. */
const TOKEN = /^[\x21-\x7e]+$/;

// RFC 9110: the scheme is case-insensitive and spaces follow it; a token has no space.
const BEARER = /^bearer +([\x21-\x7e]+)$/i;

/** Faults of the secrets; each names its secret and shows nothing of it. */
export function secretFaults(env: Env, secrets: readonly SecretName[]): string[] {
  return secrets.flatMap((name) => {
    const secret = secretOf(env, name);
    if (secret === "") return [`${name} is not set; set it with: wrangler secret put ${name}`];
    return TOKEN.test(secret) ? [] : [`${name} has spaces or characters that a header can't carry`];
  });
}

/** The error response to a request without the secret `name`; undefined: it has the secret. Needs valid secrets. */
export async function authenticate(
  authorization: string | null,
  env: Env,
  name: SecretName,
): Promise<JsonResponse | undefined> {
  const token = BEARER.exec(authorization ?? "")?.[1];
  if (token === undefined) {
    return errorResponse(
      401,
      { error: "Unauthorized", hint: `Send the header Authorization: Bearer <${name}>` },
      { "WWW-Authenticate": "Bearer" },
    );
  }
  const allowed = await timingSafeEqual(token, secretOf(env, name));
  return allowed ? undefined : errorResponse(403, { error: "Forbidden", hint: `The token is not ${name}` });
}
