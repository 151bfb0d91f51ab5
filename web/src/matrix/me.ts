import { type ReadonlySignal, Signal } from "../lib/signal.ts";
import type { AccountApi } from "./api/account.ts";
import type { LocalStore } from "./store/local-store.ts";

/** This person's own name, as kept here from the last time the server told. */
export class Me {
  readonly #userId: string;
  readonly #api: AccountApi;
  readonly #store: LocalStore;
  readonly #name: Signal<string | null>;

  constructor(userId: string, api: AccountApi, store: LocalStore, name: string | null) {
    this.#userId = userId;
    this.#api = api;
    this.#store = store;
    this.#name = new Signal(name);
  }

  /** Null: not known, or none chosen. */
  get name(): ReadonlySignal<string | null> {
    return this.#name;
  }

  /** Asks the server, which may have been told by another device. */
  async refresh(): Promise<void> {
    const { displayname } = await this.#api.profile(this.#userId);
    await this.#keep(displayname ?? null);
  }

  async setName(name: string): Promise<void> {
    await this.#api.setDisplayName(name);
    await this.#keep(name);
  }

  async #keep(name: string | null): Promise<void> {
    await this.#store.write((write) => write.putOwnName(name ?? ""));
    this.#name.set(name || null);
  }
}
