import { LOCAL_ACE_API_KEY } from "../../client/client.ts";
import type { SimulatorOptions } from "../../simulator/options.ts";
import { startSimulator } from "../../simulator/server/server.ts";
import { parseConfig } from "../../src/domain/config.ts";
import { secretOf } from "../../src/domain/variables.ts";
import { CommandError, type CommandRun, EXIT } from "../../terminal/terminal.ts";

/** The API that the Workers of a stack read, real or simulated. */
export interface StackApi {
  /** The address, as in ACE_API_BASE. */
  readonly base: string;
  readonly key: string;
  readonly sites: readonly string[];
}

/** Starts a simulated API, which ends with the run. */
export async function simulatedApi(
  options: Omit<SimulatorOptions, "key">,
  run: CommandRun,
): Promise<StackApi> {
  try {
    const simulator = await startSimulator({ ...options, key: LOCAL_ACE_API_KEY });
    run.onEnd(() => simulator.close());
    const sites = options.sites.map((site) => (typeof site === "string" ? site : site.name));
    return { base: simulator.api, key: LOCAL_ACE_API_KEY, sites };
  } catch (cause) {
    const taken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
    if (!taken) throw cause;
    throw new CommandError(
      `Port ${options.port} for the simulator is taken.`,
      "Run the command again: it uses another port.",
      { cause },
    );
  }
}

/** A real API as a user names it on the command line. */
export interface NamedApi {
  readonly base: string;
  /** Separated by commas. */
  readonly sites: string | undefined;
}

/** Checks what the user has named, and takes the key from `env`. Throws `CommandError` (usage) that names each fault. */
export function realApi(
  { base, sites }: NamedApi,
  requestsPerMinute: number,
  env: Readonly<Record<string, string | undefined>>,
): StackApi {
  const parsed = parseConfig({
    ACE_API_BASE: base,
    SITE_NAME: sites ?? "",
    REQUESTS_PER_MINUTE: String(requestsPerMinute),
  });
  const key = secretOf(env, "ACE_API_KEY");
  const faults = parsed.ok ? [] : parsed.faults.map(inWordsOfTheCommand);
  if (key === "") faults.push("ACE_API_KEY is not set; it must hold the key of the API");
  else if (/[^\x21-\x7e]/.test(key))
    faults.push("ACE_API_KEY has spaces, line ends or characters that an HTTP header can't contain");
  if (!parsed.ok || faults.length > 0)
    throw new CommandError(faults.join("\n"), HOW, { exitCode: EXIT.usage });
  const { aceApiBase, sites: names } = parsed.config;
  return { base: aceApiBase, key, sites: names };
}

const HOW =
  "For example:\nACE_API_KEY=… npx bv-backfill up --api https://flightdeck.aceiot.cloud/api --sites ses_falls_city";

/** A fault of the Worker's variables as one of the options that set them. */
const inWordsOfTheCommand = (fault: string) =>
  fault
    .replace(/^ACE_API_BASE/, "--api")
    .replace(/^SITE_NAME/, "--sites")
    .replace(/^REQUESTS_PER_MINUTE/, "--rate");
