import { envProxy, isLocal, proxyAdvice, proxyName, type Worker } from "../../client/client.ts";
import { type Finding, ok, warn } from "./finding.ts";

/** Says whether requests to a Worker go through a proxy that the environment names; nothing when it names none. */
export function checkProxy({ name, url }: Worker): Finding[] {
  const proxy = envProxy(url);
  if (!proxy) return [];
  const message = proxy.isUsed
    ? `${name}: requests go through ${proxyName(proxy)}`
    : `${name}: ${proxy.variable} is set and not used, requests go there directly`;
  // For this machine it is right not to use a proxy, for any other address to use it.
  const isRight = proxy.isUsed !== isLocal(url);
  return [isRight ? ok(message) : warn(message, proxyAdvice(url, proxy))];
}
