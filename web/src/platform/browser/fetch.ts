import type { FetchFunction } from "../types.ts";

/**
 * The one way out to the network: no cookies, nothing kept in the browser's cache, no trace of where it was asked
 * from. Another transport is put here.
 */
export const browserFetch: FetchFunction = (input, init) =>
  globalThis.fetch(input, { ...init, credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" });
