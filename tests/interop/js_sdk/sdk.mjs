// matrix-js-sdk as the web app installs it, under a Node that may lack what newer ones have.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

Promise.withResolvers ??= function withResolvers() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};

// The SDK tells its every step; a failure is told by what it throws.
for (const level of ["trace", "debug", "info", "warn", "error"]) console[level] = () => {};

const installed = createRequire(new URL("../../../web/package.json", import.meta.url));

export const sdk = await import(pathToFileURL(installed.resolve("matrix-js-sdk")).href);

const part = (path) => import(new URL(path, pathToFileURL(installed.resolve("matrix-js-sdk"))).href);
const { SlidingSync } = await part("./sliding-sync.js");

export const cryptoApi = await part("./crypto-api/index.js");

/** A sliding sync of all rooms, each with what an app needs to show it and to encrypt in it. */
export function slidingSync(client, windowEnd = 19) {
  const needed = ["m.room.create", "m.room.encryption", "m.room.name", "m.room.power_levels", "m.room.tombstone"];
  const required_state = [...needed.map((type) => [type, ""]), ["m.room.member", "*"]];
  const lists = new Map([["all", { ranges: [[0, windowEnd]], timeline_limit: 20, required_state }]]);
  return new SlidingSync(client.baseUrl, lists, { timeline_limit: 20, required_state }, client, 5_000);
}
