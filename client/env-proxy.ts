import { isLocal } from "./local-addresses.ts";

/** The proxy that the environment names for an address. */
export interface EnvProxy {
  /** The variable that names it. */
  readonly variable: string;
  /** Without name and password; undefined if the variable is not a URL. */
  readonly address: string | undefined;
  /** Whether fetch sends requests through it: Node uses these variables only when it is told to. */
  readonly isUsed: boolean;
}

/** What the choice of a proxy depends on; by default that of this process. */
export interface ProxyEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Node's own options. */
  readonly execArgv: readonly string[];
}

/**
 * The proxy for an address; undefined when the environment names none, or excepts the address. By the rules of undici's
 * EnvHttpProxyAgent, which is fetch's agent under NODE_USE_ENV_PROXY.
 */
export function envProxy(url: string, { env, execArgv }: ProxyEnvironment = process): EnvProxy | undefined {
  const { protocol, hostname, port } = new URL(url);
  const isExcepted = isInNoProxy(env, hostname, Number(port) || (protocol === "https:" ? 443 : 80));
  const http = firstSet(env, "http_proxy", "HTTP_PROXY");
  const used = (protocol === "https:" ? firstSet(env, "https_proxy", "HTTPS_PROXY") : undefined) ?? http;
  // Other programs use it, Node never does.
  const variable = used ?? firstSet(env, "all_proxy", "ALL_PROXY");
  if (variable === undefined || isExcepted) return undefined;
  const value = env[variable] ?? "";
  const { protocol: scheme, host } = URL.canParse(value) ? new URL(value) : { protocol: "", host: "" };
  return {
    variable,
    address: host === "" ? undefined : `${scheme}//${host}`,
    isUsed: used !== undefined && isTold(env, execArgv),
  };
}

const isTold = (env: ProxyEnvironment["env"], execArgv: readonly string[]) =>
  env.NODE_USE_ENV_PROXY === "1" ||
  [...execArgv, ...(env.NODE_OPTIONS ?? "").split(" ")].includes("--use-env-proxy");

/** The name in small letters takes precedence, also when it is empty. */
function firstSet(env: ProxyEnvironment["env"], ...names: readonly string[]): string | undefined {
  const name = names.find((each) => env[each] !== undefined);
  return name !== undefined && env[name] ? name : undefined;
}

function isInNoProxy(env: ProxyEnvironment["env"], hostname: string, port: number): boolean {
  const list = env.no_proxy ?? env.NO_PROXY ?? "";
  if (list === "*") return true;
  return list
    .split(/[,\s]/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      const [, name = entry, itsPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
      const domain = name.replace(/^\*?\./, "").toLowerCase();
      if (itsPort !== undefined && Number(itsPort) !== port) return false;
      return hostname === domain || hostname.endsWith(`.${domain}`);
    });
}

/** "the proxy http://proxy:3128 (HTTPS_PROXY)" */
export const proxyName = ({ address, variable }: EnvProxy) =>
  address === undefined ? `the proxy in ${variable}` : `the proxy ${address} (${variable})`;

/** What a proxy has responded instead of connecting; undefined for any other error. */
export function proxyRefusal(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const status = /^Proxy response \((\d+)\)/.exec(each.message)?.[1];
    if (status === "407") return "the proxy responded with 407: it needs a name and a password";
    if (status !== undefined) return `the proxy responded with ${status}, and did not connect`;
  }
  return undefined;
}

/** What to check first when an address can't be reached and the environment names a proxy for it. */
export function proxyAdvice(url: string, { variable, isUsed }: EnvProxy): string {
  if (isLocal(url)) {
    return isUsed
      ? "This machine needs no proxy: add 127.0.0.1,localhost to NO_PROXY."
      : "Check the address.";
  }
  if (!isUsed) {
    return `Check the address. ${variable} is set, but Node does not use it: if the Worker is reached only through a proxy, set HTTPS_PROXY and NODE_USE_ENV_PROXY=1.`;
  }
  return `Check the proxy in ${variable}. If the Worker is reached without a proxy, add ${new URL(url).hostname} to NO_PROXY.`;
}
