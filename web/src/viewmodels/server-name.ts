import type { SetupVerbs } from "./setup.types.ts";

const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6 = /^\[[0-9a-f:.]+\]$/i;

/** Host of the address the browser shows, with its port unless it is the standard one. */
export function suggestedServerName(origin: string): string {
  return new URL(origin).host;
}

/** What to warn of before `serverName` is fixed for good. Spec: appendices, Server Name. */
export function warningFor(serverName: string): ReturnType<SetupVerbs["warningFor"]> {
  const name = serverName.trim().toLowerCase();
  const host = name.replace(/:\d{1,5}$/, "");
  if (IPV4.test(host) || IPV6.test(host)) {
    return host.startsWith("127.") || host === "[::1]" ? "only-this-computer" : "address-may-change";
  }
  if (!HOST.test(host)) {
    return "not-a-name";
  }
  return host === "localhost" || host.endsWith(".localhost") ? "only-this-computer" : null;
}
