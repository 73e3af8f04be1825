import { fetchWorker, type Worker } from "../../client/client.ts";
import type { ServiceRoot } from "../../src/contract/parameters.ts";
import { EXIT } from "../../terminal/terminal.ts";
import { isLocal } from "../connection.ts";
import { type Finding, fail, failOf, ok, warn } from "./finding.ts";

/** Seconds of the Date header are whole, and the way takes its time. */
const CLOCK_DIFFERENCE_MS_MAX = 5_000;

export interface WorkerLook {
  readonly findings: readonly Finding[];
  /** Whether it is of use to ask it for more. */
  readonly usable: boolean;
}

/** Whether a Worker is there, is the right one and is configured, and whether its clock is ours. */
export async function lookAtWorker(worker: Worker): Promise<WorkerLook> {
  const askedAtMs = Date.now();
  let response: Response;
  try {
    response = await fetchWorker(worker, "/", { timeoutMs: ANSWER_MS_MAX });
  } catch (fault) {
    return { findings: [failOf(fault)], usable: false };
  }
  const answeredAtMs = Date.now();
  const root = (await response.json().catch(() => undefined)) as Partial<ServiceRoot> | undefined;
  if (root?.service !== `Building Vitals ${worker.name}`) {
    const what = `${worker.url} answers ${response.status}, and is no ${worker.name}${root?.service ? `: ${root.service}` : ""}`;
    const findings = [fail(what, "Give its address by --url and --query-url.", EXIT.unreachable)];
    return { findings, usable: false };
  }
  const took = answeredAtMs - askedAtMs;
  return {
    findings: [
      ok(`${worker.name} ${root.version} answers at ${worker.url} in ${took} ms`),
      clockFinding(worker, response.headers.get("Date"), askedAtMs, answeredAtMs),
      ...(root.configuration === "ok" ? [ok(`${worker.name}: its configuration is whole`)] : []),
    ],
    usable: true,
  };
}

const ANSWER_MS_MAX = 15_000;

export function clockFinding(
  { name, url }: Pick<Worker, "name" | "url">,
  date: string | null,
  askedAtMs: number,
  answeredAtMs: number,
): Finding {
  const theirsMs = Date.parse(date ?? "");
  if (Number.isNaN(theirsMs)) {
    // workerd by itself says no time; here it has none but ours.
    if (isLocal(url)) return ok(`${name}: its clock is this machine's`);
    return warn(`${name}: it doesn't say what time it is`, "Look whether this machine's clock is right.");
  }
  const behindMs = theirsMs < askedAtMs ? askedAtMs - theirsMs : Math.min(0, answeredAtMs - theirsMs);
  if (Math.abs(behindMs) <= CLOCK_DIFFERENCE_MS_MAX) return ok(`${name}: its clock is this machine's`);
  const seconds = Math.round(Math.abs(behindMs) / 1000);
  return warn(
    `${name}: this machine's clock is ${seconds} s ${behindMs > 0 ? "ahead of" : "behind"} its own`,
    "Set this machine's clock. Days end by the Worker's.",
  );
}
