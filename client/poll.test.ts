import { expect, it, vi } from "vitest";
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
    lost: () => undefined,
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

it("says every second from 3 s on that there is no response, and why, until there is one again", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout", "performance"] });
  try {
    const lost: [number, string | undefined][] = [];
    let respond: (text: string) => void = () => undefined;
    const hanging = new Promise<string>((resolve) => {
      respond = resolve;
    });
    const requests = [async () => "started", () => Promise.reject(silence), () => hanging];
    const last = poll(
      () => requests.shift()?.() ?? Promise.resolve("end"),
      (text) => text === "end",
      {
        pollMs: 1,
        silenceMsMax: 60_000,
        whenSilent: "",
        show: () => undefined,
        lost: (ms, reason) => lost.push([Math.round(ms / 1000), reason]),
      },
    );
    await vi.advanceTimersByTimeAsync(5_500);
    expect(lost).toEqual([3, 4, 5].map((seconds) => [seconds, "connection refused"]));
    respond("again");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await last).toBe("end");
    expect(lost).toHaveLength(3);
  } finally {
    vi.useRealTimers();
  }
});

it("stops also while a request hangs, and whatever the Worker answered, as unreachable", async () => {
  const options = {
    pollMs: 1,
    silenceMsMax: 20,
    whenSilent: "Watch again.",
    show: () => undefined,
    lost: () => undefined,
  };
  await expect(
    poll(
      () => new Promise<string>(() => undefined),
      () => true,
      options,
    ),
  ).rejects.toMatchObject({
    exitCode: 3,
    message: "No answer for 0:01; stopped watching.",
    advice: "Watch again.",
  });
  const rejected = new CommandError("503", "", { exitCode: 4, transient: true });
  await expect(polled(["started", rejected], 20).last).rejects.toMatchObject({ exitCode: 3 });
});

it("stops after too long without a response, with the reason and how to continue", async () => {
  await expect(polled(["started", silence], 20).last).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("connection refused"),
    advice: "Watch again.",
  });
});
