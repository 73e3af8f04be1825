import type { ServerResponse } from "node:http";
import { byteLength, type Reply, startOf } from "../ace-api/ace-api.ts";
import type { Arrival } from "./stats.ts";

/** Sends a reply in its kind of delivery, and notes the outcome in the request's record. */
export function send(response: ServerResponse, reply: Reply, arrival: Arrival): void {
  const { delivery } = reply;
  switch (delivery.kind) {
    case "whole":
      // Noted before the first byte is sent, so that a client that has read the response finds it in the statistics.
      arrival.outcome = reply.status;
      arrival.rows = reply.rows;
      arrival.bytes = byteLength(reply.body);
      response.writeHead(reply.status, { ...reply.headers, "content-length": arrival.bytes });
      writeAll(response, reply.body);
      response.end();
      return;
    case "reset":
      arrival.outcome = "reset";
      sendPart(response, reply, delivery.share);
      setTimeout(() => response.socket?.resetAndDestroy(), RESET_AFTER_MS);
      return;
    case "stall":
      arrival.outcome = "hang";
      sendPart(response, reply, delivery.share);
      return;
    case "silence":
      arrival.outcome = "hang";
      return;
    default:
      delivery satisfies never;
  }
}

/** A reset discards what the client has not read yet; this delay lets the first part of the body arrive. */
const RESET_AFTER_MS = 20;

/** Never sends the last byte: a client with a complete response would send its next request. */
function sendPart(response: ServerResponse, reply: Reply, share: number): void {
  const declared = Math.max(1, byteLength(reply.body));
  response.writeHead(reply.status, { ...reply.headers, "content-length": declared });
  response.flushHeaders();
  writeAll(response, startOf(reply.body, Math.min(declared - 1, Math.floor(declared * share))));
}

function writeAll(response: ServerResponse, parts: readonly Buffer[]): void {
  response.cork();
  for (const part of parts) response.write(part);
  response.uncork();
}
