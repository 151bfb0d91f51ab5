import { IDBFactory } from "fake-indexeddb";
import { Signal } from "../lib/signal.ts";
import type { Clock, FetchFunction, Locks, Platform, PreferenceStore, Preferences } from "../platform/types.ts";

/** A platform for tests: time passes when told to, the network is a function, the database is in memory. */

/** Wednesday, the middle of a day, in whatever time zone the test runs. */
export const START_MS = new Date(2026, 3, 15, 12).getTime();

class FakeClock implements Clock {
  #nowMs = START_MS;
  readonly #timers = new Set<{ atMs: number; callback: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#next(untilMs); next !== null; next = this.#next(untilMs)) {
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#nowMs = untilMs;
  }

  /** How long until the timer that ends last, null if none runs. */
  get longestWaitMs(): number | null {
    return this.#timers.size === 0 ? null : Math.max(...[...this.#timers].map(({ atMs }) => atMs)) - this.#nowMs;
  }

  #next(untilMs: number): { atMs: number; callback: () => void } | null {
    const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs);
    return due.sort((one, other) => one.atMs - other.atMs)[0] ?? null;
  }
}

export class FakePlatform implements Platform {
  readonly clock = new FakeClock();
  readonly network = { online: new Signal(true) };
  readonly random = { id: () => this.#nextId(), fraction: () => 0.5 };
  readonly factory = new IDBFactory();
  readonly databases = { factory: this.factory, remove: (name: string) => this.#remove(name) };
  readonly locks: Locks;
  readonly preferences: PreferenceStore = fakePreferences();
  readonly page = { origin: "https://chat.example.org", secureContext: true, deviceName: "Test" };
  readonly fetch: FetchFunction;
  #ids = 0;

  constructor(fetch: FetchFunction, locks: Locks = fakeLocks()) {
    this.locks = locks;
    this.fetch = (input, init) =>
      this.network.online.value ? fetch(input, init) : Promise.reject(new TypeError("no network"));
  }

  #nextId(): string {
    this.#ids += 1;
    return `id${this.#ids}`;
  }

  #remove(name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const removal = this.factory.deleteDatabase(name);
      removal.onsuccess = () => resolve();
      removal.onerror = () => reject(removal.error);
    });
  }
}

/** One set of locks, as all tabs of a browser share it. */
export function fakeLocks(): Locks {
  const holders = new Map<string, () => void>();
  return {
    hold: async (name, { steal, onLost }) => {
      if (holders.has(name) && !steal) {
        return null;
      }
      holders.get(name)?.();
      holders.set(name, onLost);
      return { release: () => holders.delete(name) };
    },
  };
}

function fakePreferences(): PreferenceStore {
  const current = new Signal<Preferences>({ language: "system", theme: "system" });
  return { current, change: (part) => current.update((before) => ({ ...before, ...part })) };
}
