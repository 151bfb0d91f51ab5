import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, brotliCompressSync, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

interface ManifestChunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
  readonly isEntry?: boolean;
}

type Manifest = Readonly<Record<string, ManifestChunk>>;

/** What loads before sign-in may weigh this much, compressed. */
const shellBudgetBytes = 60 * 1024;
const worthCompressing = /\.(js|css|html|svg|json|webmanifest|wasm)$/;

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const hardest = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };

/** The page and everything it loads by itself, as paths from the site's root. */
function shellUrls(manifest: Manifest): string[] {
  const found = new Set(["index.html"]);
  const add = (name: string): void => {
    const chunk = manifest[name];
    if (!chunk || found.has(chunk.file)) return;
    for (const file of [chunk.file, ...(chunk.css ?? [])]) found.add(file);
    for (const other of chunk.imports ?? []) add(other);
  };
  add("index.html");
  return [...found].map((file) => `/${file}`);
}

function checkBudget(folder: string, urls: readonly string[]): void {
  const sizes = urls.map((url) => brotliCompressSync(readFileSync(join(folder, url)), hardest).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(
    `Before sign-in: ${(total / 1024).toFixed(1)} kB brotli in ${urls.length} files (budget ${shellBudgetBytes / 1024} kB).`,
  );
  if (total > shellBudgetBytes)
    throw new Error(`What loads before sign-in weighs ${total} bytes, more than ${shellBudgetBytes}.`);
}

/** Tells the worker which files belong to this version. */
function fillWorker(folder: string, urls: readonly string[]): void {
  const path = join(folder, "sw.js");
  const version = createHash("sha256");
  for (const file of filesUnder(folder).sort()) version.update(relative(folder, file)).update(readFileSync(file));
  const shell = JSON.stringify({
    version: version.digest("hex").slice(0, 16),
    urls: [...urls, "/manifest.webmanifest", "/icon.svg"],
  });
  const filled = readFileSync(path, "utf8").replace(/\bSHELL\b/, () => shell);
  if (!filled.includes(shell)) throw new Error("The worker has no place for the list of files.");
  writeFileSync(path, filled);
}

async function compress(path: string): Promise<void> {
  const content = readFileSync(path);
  const [brotli, gzipped] = await Promise.all([
    promisify(brotliCompress)(content, hardest),
    promisify(gzip)(content, { level: 9 }),
  ]);
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipped);
}

/** After the bundle is written: checks its size, tells the worker what to keep, compresses every file. */
export function finish(): Plugin {
  return {
    name: "finish",
    apply: "build",
    writeBundle: {
      sequential: true,
      order: "post",
      async handler({ dir = "dist" }) {
        const manifestFolder = join(dir, ".vite");
        const urls = shellUrls(JSON.parse(readFileSync(join(manifestFolder, "manifest.json"), "utf8")) as Manifest);
        rmSync(manifestFolder, { recursive: true });
        checkBudget(dir, urls);
        fillWorker(dir, urls);
        await Promise.all(
          filesUnder(dir)
            .filter((file) => worthCompressing.test(file))
            .map(compress),
        );
      },
    },
  };
}
