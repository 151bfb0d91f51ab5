/**
 * Makes the app open at once and without a network.
 *
 * Kept: the page itself and what it needs before sign-in, fetched when a version is installed; every other file of
 * that version when it is first used. All have their content's hash in their name, so what is kept is never stale.
 * Never touched: anything that is not the app's own file, above all the server's answers.
 */
/** Filled in by the build: the version's name and the files it cannot open without. */
declare const SHELL: { readonly version: string; readonly urls: readonly string[] };

const worker = self as unknown as ServiceWorkerGlobalScope;
const shell = SHELL;
const cacheName = `app-${shell.version}`;
const page = "/index.html";

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll([...shell.urls])));
});

worker.addEventListener("activate", (event) => {
  const dropOlder = async (): Promise<void> => {
    const names = await caches.keys();
    await Promise.all(
      names.filter((name) => name.startsWith("app-") && name !== cacheName).map((name) => caches.delete(name)),
    );
    await worker.clients.claim();
  };
  event.waitUntil(dropOlder());
});

worker.addEventListener("message", (event) => {
  const message = event.data as { kind: "use-now" } | { kind: "keep"; urls: readonly string[] };
  if (message.kind === "use-now") void worker.skipWaiting();
  else event.waitUntil(keep(message.urls));
});

async function keep(urls: readonly string[]): Promise<void> {
  const cache = await caches.open(cacheName);
  for (const url of urls) {
    if (!(await cache.match(url))) await cache.add(url).catch(() => undefined); // Tried again at the next use.
  }
}

async function kept(request: Request | string): Promise<Response> {
  const cache = await caches.open(cacheName);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (
    request.method !== "GET" ||
    url.origin !== worker.location.origin ||
    url.pathname.startsWith("/_") ||
    url.pathname.startsWith("/.well-known")
  )
    return;
  if (request.mode === "navigate" && !url.pathname.includes(".")) event.respondWith(kept(page));
  else if (url.pathname.startsWith("/assets/") || shell.urls.includes(url.pathname)) event.respondWith(kept(request));
});

export {};
