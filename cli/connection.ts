import { InvalidArgumentError, Option } from "commander";
import {
  BACKFILL_PORT,
  LOCAL_BACKFILL_API_KEY,
  LOCAL_QUERY_API_KEY,
  localUrl,
  QUERY_PORT,
} from "../client/client.ts";
import { CommandError, EXIT } from "../terminal/terminal.ts";

/** Where the Workers are, as options and environment say it. */
export interface ConnectionOptions {
  readonly url?: string;
  readonly token?: string;
  readonly queryUrl?: string;
  readonly queryToken?: string;
}

/** Before every command's own; a variable holds where the option is absent. */
export const CONNECTION_OPTIONS: readonly Option[] = [
  new Option("--url <url>", "of the Backfill Worker (that of npx backfill up where absent)")
    .env("BACKFILL_URL")
    .argParser(parseUrl),
  new Option("--token <key>", "of the Backfill Worker; others see an option: prefer the variable").env(
    "BACKFILL_API_KEY",
  ),
  new Option("--query-url <url>", "of the Query Worker").env("QUERY_URL").argParser(parseUrl),
  new Option("--query-token <key>", "of the Query Worker").env("QUERY_API_KEY"),
];

export interface Address {
  readonly url: string;
  readonly token: string | undefined;
}

export function backfillAddress({ url = localUrl(BACKFILL_PORT), token }: ConnectionOptions): Address {
  return {
    url,
    token: usable(token, "BACKFILL_API_KEY") ?? (isLocal(url) ? LOCAL_BACKFILL_API_KEY : undefined),
  };
}

/** Throws `CommandError` (usage) rather than to mix a deployed backfill with the samples of this machine. */
export function queryAddress(options: ConnectionOptions): Address {
  const { url, queryUrl, queryToken } = options;
  if (queryUrl === undefined && url !== undefined && !isLocal(url)) {
    throw new CommandError(
      `The Backfill Worker is at ${url}, but where is the Query Worker?`,
      "Say it in QUERY_URL, or by --query-url.",
      { exitCode: EXIT.usage },
    );
  }
  const at = queryUrl ?? localUrl(QUERY_PORT);
  return {
    url: at,
    token: usable(queryToken, "QUERY_API_KEY") ?? (isLocal(at) ? LOCAL_QUERY_API_KEY : undefined),
  };
}

/** An empty one is none. Looked at here, for fetch and commander both show what they refuse. */
function usable(token: string | undefined, variable: string): string | undefined {
  if (!token || /^[\x21-\x7e]+$/.test(token)) return token || undefined;
  throw new CommandError(
    `The key for ${variable} holds spaces, line ends or characters that a header can't carry.`,
    "Give it as it was set, without quotes and what is around it.",
    { exitCode: EXIT.usage },
  );
}

/** The keys of the local stack are no secrets, and let in nowhere else. */
export const isLocal = (url: string) => ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);

function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new InvalidArgumentError("It must begin with http:// or https://");
  }
  if (url.username || url.search || url.hash) {
    throw new InvalidArgumentError("It must be an address alone: keys go into variables.");
  }
  // Paths follow it.
  return text.replace(/\/+$/, "");
}
