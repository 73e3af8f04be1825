import { fetchWorker, isLocal, type Worker } from "../../client/client.ts";
import type { ServiceRoot } from "../../src/contract/parameters.ts";
import { EXIT } from "../../terminal/terminal.ts";
import { type Finding, fail, failureOf, ok, warn } from "./finding.ts";

/** The Date header has whole seconds, and the response takes its time. */
const CLOCK_DIFFERENCE_MS_MAX = 5_000;

export interface WorkerCheck {
  readonly findings: readonly Finding[];
  /** Whether further checks of the Worker make sense. */
  readonly isRightWorker: boolean;
}

/** Checks that the Worker responds, is the right one and is configured, and that its clock agrees with this machine's. */
export async function checkWorker(worker: Worker): Promise<WorkerCheck> {
  const requestedAtMs = Date.now();
  let response: Response;
  try {
    response = await fetchWorker(worker, "/", { timeoutMs: TIMEOUT_MS });
  } catch (error) {
    return { findings: [failureOf(error)], isRightWorker: false };
  }
  const respondedAtMs = Date.now();
  const root = (await response.json().catch(() => undefined)) as Partial<ServiceRoot> | undefined;
  if (root?.service !== `Building Vitals ${worker.name}`) {
    const service = root?.service ? `: ${root.service}` : "";
    const message = `${worker.url} responds with ${response.status}, but is not the ${worker.name}${service}`;
    const findings = [
      fail(message, "Set the right address with --url, --query-url and --etl-url.", EXIT.unreachable),
    ];
    return { findings, isRightWorker: false };
  }
  const tookMs = respondedAtMs - requestedAtMs;
  return {
    findings: [
      ok(`${worker.name} ${root.version} responds at ${worker.url} in ${tookMs} ms`),
      clockFinding(worker, response.headers.get("Date"), requestedAtMs, respondedAtMs),
      ...(root.configuration === "ok" ? [ok(`${worker.name}: its configuration is valid`)] : []),
    ],
    isRightWorker: true,
  };
}

const TIMEOUT_MS = 15_000;

export function clockFinding(
  { name, url }: Pick<Worker, "name" | "url">,
  date: string | null,
  requestedAtMs: number,
  respondedAtMs: number,
): Finding {
  const workerMs = Date.parse(date ?? "");
  if (Number.isNaN(workerMs)) {
    // workerd on this machine sends no Date header, and uses this machine's clock.
    if (isLocal(url)) return ok(`${name}: its clock is this machine's`);
    return warn(`${name}: its responses have no time`, "Check that this machine's clock is right.");
  }
  const behindMs =
    workerMs < requestedAtMs ? requestedAtMs - workerMs : Math.min(0, respondedAtMs - workerMs);
  if (Math.abs(behindMs) <= CLOCK_DIFFERENCE_MS_MAX)
    return ok(`${name}: its clock agrees with this machine's`);
  const seconds = Math.round(Math.abs(behindMs) / 1000);
  return warn(
    `${name}: this machine's clock is ${seconds} s ${behindMs > 0 ? "ahead of" : "behind"} the Worker's`,
    "Set this machine's clock. The Worker's clock decides when a day is over.",
  );
}
