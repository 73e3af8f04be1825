import type { AlertReceiver } from "../ports/ports.ts";

/** The webhook of `url`, which may itself be a secret; undefined where none is configured. */
export function webhookReceiver(url: string | null): AlertReceiver | undefined {
  if (url === null) return undefined;
  return {
    async deliver(body, key, signal) {
      const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
      const sent = fetch(url, { method: "POST", redirect: "manual", headers, body, signal });
      const response = await sent.catch(() => {
        // The runtime's error message may contain the URL.
        throw new Error("the receiver can't be reached");
      });
      await response.body?.cancel();
      return response.status;
    },
  };
}
