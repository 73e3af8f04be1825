import { expect, it } from "vitest";
import { CommandError } from "../terminal/terminal.ts";
import { poll } from "./poll.ts";

const rejection = new CommandError("Forbidden", "Give the key.", { exitCode: 4 });
const silence = new CommandError("connection refused", "Is it up?", { exitCode: 3, transient: true });

/** Polls these responses one after another; the last one repeats. */
function polled(responses: readonly (string | Error)[], silenceMsMax: number) {
  const left = [...responses];
  const shown: string[] = [];
  const request = async () => {
    const next = left.length > 1 ? left.shift() : left[0];
    if (next instanceof Error) throw next;
    return next ?? "";
  };
  const options = {
    pollMs: 1,
    silenceMsMax,
    whenSilent: "Watch again.",
    show: (at: string) => shown.push(at),
  };
  return { last: poll(request, (response) => response === "end", options), shown };
}

it("waits for a Worker that does not respond for a while", async () => {
  const { last, shown } = polled(["started", silence, silence, "end"], 60_000);
  expect(await last).toBe("end");
  expect(shown).toEqual(["started", "end"]);
});

it("throws an error response and a bug at once", async () => {
  await expect(polled(["started", rejection], 60_000).last).rejects.toBe(rejection);
  const bug = new TypeError("undefined is no function");
  await expect(polled([bug], 60_000).last).rejects.toBe(bug);
});

it("stops after too long without a response, with the reason and how to continue", async () => {
  await expect(polled(["started", silence], 20).last).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("connection refused"),
    advice: "Watch again.",
  });
});
