import { expect, test } from "vitest";
import { byteStream } from "./byte-stream.ts";

/** Its second chunk is on its way until `arrive` says how it ends. */
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
  const said: string[] = [];
  const body = byteStream(chunks(), {
    onFault: () => said.push("broke off"),
    onCancel: async () => said.push("left"),
  });
  return { reader: body.getReader(), arrive, said };
}

test("chunks come in order, and at their end nobody has left and nothing has broken off", async () => {
  const { reader, arrive, said } = world();
  arrive();
  const read = [await reader.read(), await reader.read(), await reader.read()];
  expect(read.map(({ value }) => value?.[0])).toEqual([1, 2, undefined]);
  expect(said).toEqual([]);
});

test("a fault breaks the body off, and is said once", async () => {
  const { reader, arrive, said } = world();
  await reader.read();
  arrive(new Error("away"));
  await expect(reader.read()).rejects.toThrow("away");
  await expect(reader.read()).rejects.toThrow("away");
  expect(said).toEqual(["broke off"]);
});

test.each([undefined, new Error("away")])(
  "what is on its way when the reader goes is no broken body, also where it is %s",
  async (fault) => {
    const { reader, arrive, said } = world();
    await reader.read();
    const pending = reader.read();
    // Until the second chunk has been asked for.
    await new Promise(setImmediate);
    const cancelled = reader.cancel();
    arrive(fault);
    await cancelled;
    expect((await pending).done).toBe(true);
    await new Promise(setImmediate);
    expect(said).toEqual(["left"]);
  },
);
