import { type ReadonlySignal, Signal } from "../lib/signal.ts";

/** A newer version of the app, fetched in the background. */
export interface Update {
  readonly ready: ReadonlySignal<boolean>;
  /** Switches to it now; the page loads again. */
  use(): void;
}

/** Tells the worker what this page has loaded, so that it is there when there is no network. */
function keepWhatWasLoaded(worker: ServiceWorker | null): void {
  const urls = performance
    .getEntriesByType("resource")
    .map(({ name }) => new URL(name))
    .filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/assets/"))
    .map(({ pathname }) => pathname);
  worker?.postMessage({ kind: "keep", urls });
}

/**
 * Registers the service worker, which makes the app open without a network, and watches for newer versions.
 *
 * Browsers without one, or with a plain-http address, simply do without.
 */
export function followUpdates(container: ServiceWorkerContainer | undefined): Update {
  const ready = new Signal(false);
  let waiting: ServiceWorker | null = null;
  const use = (): void => waiting?.postMessage({ kind: "use-now" });
  if (!container || !import.meta.env.PROD) return { ready, use };

  const hadWorker = container.controller !== null;
  container.addEventListener("controllerchange", () => hadWorker && location.reload());
  const offer = (worker: ServiceWorker | null): void => {
    waiting = worker;
    ready.set(worker !== null && container.controller !== null);
  };
  const register = async (): Promise<void> => {
    const registration = await container.register("/sw.js");
    offer(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const { installing } = registration;
      installing?.addEventListener(
        "statechange",
        () => installing.state === "installed" && offer(registration.waiting),
      );
    });
    const { active } = await container.ready;
    keepWhatWasLoaded(active);
    new PerformanceObserver(() => keepWhatWasLoaded(active)).observe({ type: "resource" });
  };
  // A browser may refuse (private windows): the app then works as a page.
  addEventListener("load", () => void register().catch(() => undefined), { once: true });
  return { ready, use };
}
