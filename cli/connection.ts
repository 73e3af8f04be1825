import { InvalidArgumentError, Option } from "commander";
import {
  isLocal,
  LOCAL_BACKFILL_API_KEY,
  LOCAL_ETL_API_KEY,
  LOCAL_QUERY_API_KEY,
  type LocalStack,
} from "../client/client.ts";
import { CommandError, EXIT } from "../terminal/terminal.ts";

/** The Workers' addresses and keys, from options and environment variables. */
export interface ConnectionOptions {
  readonly url?: string;
  readonly token?: string;
  readonly queryUrl?: string;
  readonly queryToken?: string;
  readonly etlUrl?: string;
  readonly etlToken?: string;
}

/** Options of every command; an environment variable is used when its option is absent. */
export const CONNECTION_OPTIONS: readonly Option[] = [
  new Option("--url <url>", "address of the Backfill Worker (default: the local stack)")
    .env("BACKFILL_URL")
    .argParser(parseUrl),
  new Option(
    "--token <key>",
    "API key of the Backfill Worker; safer in the variable, because options are visible to other users",
  ).env("BACKFILL_API_KEY"),
  new Option("--query-url <url>", "address of the Query Worker (default: the local stack)")
    .env("QUERY_URL")
    .argParser(parseUrl),
  new Option("--query-token <key>", "API key of the Query Worker").env("QUERY_API_KEY"),
  new Option("--etl-url <url>", "address of the ETL Sync Worker (default: the local stack)")
    .env("ETL_URL")
    .argParser(parseUrl),
  new Option("--etl-token <key>", "API key of the ETL Sync Worker").env("ETL_API_KEY"),
];

export interface Address {
  readonly url: string;
  readonly token: string | undefined;
}

/** Without an address in the options, that of the stack of this checkout. */
export function backfillAddress(
  { url: named, token }: ConnectionOptions,
  stack: Pick<LocalStack, "backfillUrl">,
): Address {
  const url = named ?? stack.backfillUrl;
  return {
    url,
    token: validToken(token, "BACKFILL_API_KEY") ?? (isLocal(url) ? LOCAL_BACKFILL_API_KEY : undefined),
  };
}

/** Throws `CommandError` (usage) rather than combine a deployed backfill with the samples of this machine. */
export function queryAddress(options: ConnectionOptions, stack: Pick<LocalStack, "queryUrl">): Address {
  const { url, queryUrl, queryToken } = options;
  if (queryUrl === undefined && url !== undefined && !isLocal(url)) {
    throw new CommandError(
      `The Backfill Worker is at ${url}, but where is the Query Worker?`,
      "Set its address in QUERY_URL, or pass --query-url.",
      { exitCode: EXIT.usage },
    );
  }
  const at = queryUrl ?? stack.queryUrl;
  return {
    url: at,
    token: validToken(queryToken, "QUERY_API_KEY") ?? (isLocal(at) ? LOCAL_QUERY_API_KEY : undefined),
  };
}

/** Nobody has said where the ETL Sync Worker is. An installation without live data has none. */
export class EtlAddressUnknown extends CommandError {}

/**
 * The ETL Sync Worker's address. Throws `EtlAddressUnknown` where none is given though the Backfill Worker's is, or
 * where the local stack has none: the two belong together.
 */
export function etlAddress(options: ConnectionOptions, stack: Pick<LocalStack, "etlUrl">): Address {
  const { url, etlUrl, etlToken } = options;
  const at = etlUrl ?? (url === undefined ? stack.etlUrl : undefined);
  if (at === undefined) {
    throw new EtlAddressUnknown(
      url === undefined
        ? "The stack of this checkout has no ETL Sync Worker."
        : `The Backfill Worker is at ${url}, but where is the ETL Sync Worker?`,
      "Set its address in ETL_URL, or pass --etl-url.",
      { exitCode: EXIT.usage },
    );
  }
  return {
    url: at,
    token: validToken(etlToken, "ETL_API_KEY") ?? (isLocal(at) ? LOCAL_ETL_API_KEY : undefined),
  };
}

/** A valid key; undefined for an empty one. Checked here, because an error of fetch or commander would print the key. */
function validToken(token: string | undefined, variable: string): string | undefined {
  if (!token || /^[\x21-\x7e]+$/.test(token)) return token || undefined;
  throw new CommandError(
    `The key in ${variable} has spaces, line ends or characters that an HTTP header can't contain.`,
    "Set the key exactly as it was created, without quotes around it.",
    { exitCode: EXIT.usage },
  );
}

function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new InvalidArgumentError("It must begin with http:// or https://");
  }
  if (url.username || url.search || url.hash) {
    throw new InvalidArgumentError("It must be only an address: keys go into variables.");
  }
  // Paths begin with a slash.
  return text.replace(/\/+$/, "");
}
