import { describe, expect, it } from "vitest";
import { bearer, underTest } from "../../../test/support/http/fake-backfill.ts";
import { REJECTED_BYTES_MAX, REQUEST_BYTES_MAX } from "./request-fields.ts";

const RANGE = '{"start_date":"2024-01-01","end_date":"2024-01-02"}';

async function startWith(body: BodyInit | null, headers: Record<string, string> = {}) {
  const { request, backfill } = underTest();
  const response = await request("/backfill/start", {
    method: "POST",
    headers: { ...bearer(), ...headers },
    body,
    ...(body instanceof ReadableStream && { duplex: "half" }),
  } as RequestInit);
  const answer = (await response.json()) as { error: string; details?: string[] };
  return { response, answer, calls: backfill.calls };
}

/** A body of unknown length that counts its chunks that were read. */
function streamed(chunk: Uint8Array, chunks: number) {
  const taken = { chunks: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (taken.chunks >= chunks) return controller.close();
      taken.chunks++;
      controller.enqueue(chunk);
    },
    cancel() {
      taken.cancelled = true;
    },
  });
  return { stream, taken };
}

describe("a body", () => {
  it.each([
    ["nothing", "", "the body is empty; it must be a JSON object"],
    ["no JSON", "start_date=2024-01-01", "the body is not valid JSON"],
    ["half of it", RANGE.slice(0, 20), "the body is not valid JSON"],
    ["single quotes", RANGE.replaceAll('"', "'"), "the body is not valid JSON"],
    ["an array", `[${RANGE}]`, "the body must be a JSON object"],
    ["a string", '"x"', "the body must be a JSON object"],
    ["a number", "5", "the body must be a JSON object"],
    ["null", "null", "the body must be a JSON object"],
    ["deep arrays", "[".repeat(30_000) + "]".repeat(30_000), "the body must be a JSON object"],
    ["deep arrays, left open", "[".repeat(60_000), "the body is not valid JSON"],
  ])("of %s is rejected", async (_, body, fault) => {
    const { response, answer, calls } = await startWith(body);
    expect(response.status).toBe(400);
    expect(answer).toEqual({ error: "Validation failed", details: [fault] });
    expect(calls).toEqual([]);
  });

  it("with deep JSON in a field is rejected by the field's name", async () => {
    const deep = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
    const { answer } = await startWith(`{"start_date":${deep},"end_date":"2024-01-02","x":${deep}}`);
    expect(answer.details).toEqual(["start_date must be a string", 'unknown field "x"']);
  });

  it("of broken UTF-8 is rejected", async () => {
    const { response, answer } = await startWith(new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]));
    expect(response.status).toBe(400);
    expect(answer.details).toEqual(["the body is not valid UTF-8"]);
  });

  it("may begin with a byte order mark", async () => {
    expect((await startWith(`\ufeff${RANGE}`)).response.status).toBe(202);
  });

  it.each([
    "application/json",
    "application/json; charset=utf-8",
    "text/plain",
    "application/x-www-form-urlencoded",
  ])("is parsed by its bytes when its type is %s", async (type) => {
    expect((await startWith(RANGE, { "Content-Type": type })).response.status).toBe(202);
    expect((await startWith("a=b", { "Content-Type": type })).response.status).toBe(400);
  });

  it("of exactly 64 KiB is read, a byte more is rejected", async () => {
    expect((await startWith(RANGE.padEnd(REQUEST_BYTES_MAX))).response.status).toBe(202);
    const { response, answer, calls } = await startWith(RANGE.padEnd(REQUEST_BYTES_MAX + 1));
    expect(response.status).toBe(413);
    expect(answer).toEqual({ error: "Body too large", hint: "At most 65536 bytes" });
    expect(calls).toEqual([]);
  });

  it.each([{}, { "Content-Length": "1000000" }])(
    "that is too large is read to a mebibyte, so that its sender sees the response: %j",
    async (headers) => {
      const { stream, taken } = streamed(new Uint8Array(100_000).fill(0x20), 10);
      const { response } = await startWith(stream, headers);
      expect(response.status).toBe(413);
      expect(taken).toEqual({ chunks: 10, cancelled: false });
    },
  );

  it("without an end is cancelled after a mebibyte", async () => {
    const { stream, taken } = streamed(new Uint8Array(16 * 1024).fill(0x20), 1_000_000);
    const { response } = await startWith(stream);
    expect(response.status).toBe(413);
    expect(taken.chunks * 16 * 1024).toBeLessThanOrEqual(REJECTED_BYTES_MAX + 2 * 16 * 1024);
    expect(taken.cancelled).toBe(true);
  });

  it("with a wrong length is still counted", async () => {
    const { stream } = streamed(new Uint8Array(16 * 1024).fill(0x20), 1_000);
    expect((await startWith(stream, { "Content-Length": "10" })).response.status).toBe(413);
  });

  it("that is incomplete is rejected, and is no error of the Worker", async () => {
    const { request, backfill, logged } = underTest();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(RANGE.slice(0, 20))),
      pull: (controller) => controller.error(new Error("Network connection lost.")),
    });
    const init = { method: "POST", headers: bearer(), body, duplex: "half" } as RequestInit;
    const response = await request("/backfill/start", init);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: "Validation failed",
      details: ["the body is incomplete"],
    });
    expect([backfill.calls, logged]).toEqual([[], []]);
  });

  it("in many small chunks is joined", async () => {
    const bytes = new TextEncoder().encode(RANGE);
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
        controller.close();
      },
    });
    expect((await startWith(stream)).response.status).toBe(202);
  });

  it("is not read before the token is checked", async () => {
    const { request } = underTest();
    const response = await request("/backfill/start", {
      method: "POST",
      headers: bearer("wrong"),
      body: "x".repeat(100_000),
    });
    expect(response.status).toBe(403);
  });
});
