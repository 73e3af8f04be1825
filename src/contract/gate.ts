import { z } from "zod";
import { responseObject } from "./parameters.ts";

/** The rate gate of a Worker's API key. Workers whose `gate` is the same share one limit. */
export const gateView = responseObject("GateView", {
  gate: z
    .string()
    .describe(
      "Identity of the gate: it differs where the API key or the Worker that owns the gate differs. Nothing of the key can be derived from it",
    ),
  permits_last_minute: z.number().describe("Permits that the gate granted within the last minute"),
  paused_until: z.string().nullable().describe("The API accepts no requests before this time (429)"),
});
export type GateView = z.output<typeof gateView>;
