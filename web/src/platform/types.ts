import type { ReadonlySignal } from "../lib/signal.ts";

/**
 * What the app asks of the browser. `browser/` answers with the real thing; tests answer with fakes.
 *
 * Everything below `app/` and `ui/` reaches the outside only through this.
 */
export interface Platform {
  /** The one way out to the network. */
  readonly fetch: FetchFunction;
  readonly clock: Clock;
  readonly random: Random;
  readonly databases: Databases;
  readonly network: Network;
  readonly locks: Locks;
  readonly preferences: PreferenceStore;
  readonly page: Page;
}

export type FetchFunction = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface Clock {
  nowMs(): number;
  /** Calls back once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}

export interface Random {
  /** URL-safe, unguessable, never given twice. */
  id(): string;
  /** From 0 up to, not including, 1. */
  fraction(): number;
}

export interface Databases {
  readonly factory: IDBFactory;
  remove(name: string): Promise<void>;
}

export interface Network {
  readonly online: ReadonlySignal<boolean>;
}

export interface Locks {
  /**
   * Holds the app for this tab, or answers null when another tab has it. `steal`: takes it from the other tab.
   * `onLost` is called when another tab took it.
   */
  hold(name: string, options: { readonly steal: boolean; readonly onLost: () => void }): Promise<HeldLock | null>;
}

export interface HeldLock {
  release(): void;
}

/** Small choices that must be known before anything else is loaded, kept on the device, shared by its tabs. */
export interface PreferenceStore {
  readonly current: ReadonlySignal<Preferences>;
  change(part: Partial<Preferences>): void;
}

export type Language = "system" | "en" | "it";
export type Theme = "system" | "light" | "dark";

export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
}

export interface Page {
  /** Scheme, host and port of the server, which is also where the app comes from. */
  readonly origin: string;
  /** False where the browser withholds encryption, installation and the like. */
  readonly secureContext: boolean;
  /** What a person calls this device, e.g. "Firefox on Linux": shown in their list of devices. */
  readonly deviceName: string;
}
