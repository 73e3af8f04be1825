import { expect, test } from "vitest";
import { byteStream } from "./byte-stream.ts";

/** The second chunk is pending until `arrive` settles it. */
function world() {
  let arrive: (fault?: Error) => void = () => {};
  const second = new Promise<void>((resolve, reject) => {
    arrive = (fault) => (fault ? reject(fault) : resolve());
  });
  async function* chunks() {
    yield new Uint8Array([1]);
    await second;
    yield new Uint8Array([2]);
  }
  const events: string[] = [];
  const body = byteStream(chunks(), {
    onFault: () => events.push("fault"),
    onCancel: async () => events.push("cancel"),
  });
  return { reader: body.getReader(), arrive, events };
}

test("chunks come in order, and their end is neither a fault nor a cancellation", async () => {
  const { reader, arrive, events } = world();
  arrive();
  const read = [await reader.read(), await reader.read(), await reader.read()];
  expect(read.map(({ value }) => value?.[0])).toEqual([1, 2, undefined]);
  expect(events).toEqual([]);
});

test("a fault fails the body, and is reported once", async () => {
  const { reader, arrive, events } = world();
  await reader.read();
  arrive(new Error("unavailable"));
  await expect(reader.read()).rejects.toThrow("unavailable");
  await expect(reader.read()).rejects.toThrow("unavailable");
  expect(events).toEqual(["fault"]);
});

test.each([undefined, new Error("unavailable")])(
  "a pending chunk or fault (%s) is dropped when the reader cancels",
  async (fault) => {
    const { reader, arrive, events } = world();
    await reader.read();
    const pending = reader.read();
    // Until the second chunk has been requested.
    await new Promise(setImmediate);
    const cancelled = reader.cancel();
    arrive(fault);
    await cancelled;
    expect((await pending).done).toBe(true);
    await new Promise(setImmediate);
    expect(events).toEqual(["cancel"]);
  },
);
