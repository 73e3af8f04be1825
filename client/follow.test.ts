import { expect, it } from "vitest";
import { poll } from "./follow.ts";
import { Unable } from "./run.ts";

const refusal = new Unable("Forbidden", "Give the key.", { exitCode: 4 });
const silence = new Unable("nobody listens there", "Is it up?", { exitCode: 3, transient: true });

/** Asks what is answered by one after another of these; the last one stands. */
function polled(answers: readonly (string | Error)[], silenceMsMax: number) {
  const left = [...answers];
  const shown: string[] = [];
  const ask = async () => {
    const next = left.length > 1 ? left.shift() : left[0];
    if (next instanceof Error) throw next;
    return next ?? "";
  };
  const following = {
    pollMs: 1,
    silenceMsMax,
    whenSilent: "Come back.",
    show: (at: string) => shown.push(at),
  };
  return { last: poll(ask, (answer) => answer === "end", following), shown };
}

it("waits for a Worker that is away for a while", async () => {
  const { last, shown } = polled(["begun", silence, silence, "end"], 60_000);
  expect(await last).toBe("end");
  expect(shown).toEqual(["begun", "end"]);
});

it("takes a refusal for an answer, and a fault of its own for one", async () => {
  await expect(polled(["begun", refusal], 60_000).last).rejects.toBe(refusal);
  const fault = new TypeError("undefined is no function");
  await expect(polled([fault], 60_000).last).rejects.toBe(fault);
});

it("gives up when that lasts, and says what it was and how to come back", async () => {
  await expect(polled(["begun", silence], 20).last).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("nobody listens there"),
    advice: "Come back.",
  });
});
