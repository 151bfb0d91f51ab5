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
