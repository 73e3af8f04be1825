import type { SecretName } from "../../domain/config.ts";
import { secretOf } from "../../domain/variables.ts";
import { type Answer, refusal } from "./answer.ts";

/** What a header can carry as one token. Wider than RFC 6750's token68: an operator's "p@ss!" is fine. */
const TOKEN = /^[\x21-\x7e]+$/;

// RFC 9110: the scheme is case-insensitive, spaces follow it. A token holds no space.
const BEARER = /^bearer +([\x21-\x7e]+)$/i;

/** Faults of the secrets, each named, none shown. */
export function secretFaults(
  env: Readonly<Record<string, unknown>>,
  secrets: readonly SecretName[],
): string[] {
  return secrets.flatMap((name) => {
    const secret = secretOf(env, name);
    if (secret === "") return [`${name} is not set; set it with: wrangler secret put ${name}`];
    return TOKEN.test(secret) ? [] : [`${name} holds spaces or characters that a header can't carry`];
  });
}

/** undefined: the bearer knows the secret `name` and may pass. Call it only where `secretFaults` finds none. */
export async function authenticate(
  authorization: string | null,
  env: Readonly<Record<string, unknown>>,
  name: SecretName,
): Promise<Answer | undefined> {
  const token = BEARER.exec(authorization ?? "")?.[1];
  if (token === undefined) {
    return refusal(
      401,
      { error: "Unauthorized", hint: `Send the header Authorization: Bearer <${name}>` },
      { "WWW-Authenticate": "Bearer" },
    );
  }
  const allowed = await sameSecret(token, secretOf(env, name));
  return allowed ? undefined : refusal(403, { error: "Forbidden", hint: `The token is not ${name}` });
}

/** Takes the same time wherever the texts differ: hashes have one length, and every byte is looked at. */
export async function sameSecret(given: string, expected: string): Promise<boolean> {
  const [left, right] = await Promise.all([sha256(given), sha256(expected)]);
  let difference = 0;
  for (const [index, byte] of left.entries()) difference |= byte ^ (right[index] ?? 0);
  return difference === 0;
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
