import { type ReadonlySignal, Signal } from "../../lib/signal.ts";
import type { Platform } from "../../platform/types.ts";
import type { Authorization } from "../api/authorization.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { Credentials } from "../store/records.ts";
import type { Connection } from "./connection.ts";
import { decrypt } from "./decrypt.ts";
import { type JoinedChat, prepare } from "./prepare.ts";
import type { Sdk, SdkState } from "./sdk.ts";
import type { Typing } from "./typing.ts";
import { writeSync } from "./write.ts";

export interface SyncParts {
  readonly platform: Platform;
  readonly store: LocalStore;
  readonly authorization: Authorization;
  readonly credentials: Credentials;
  readonly typing: Typing;
}

/**
 * Keeps the local store level with the server. Each answer passes through five phases: prepare, decrypt, write
 * (one transaction, with the token), apply (the store tells whoever shows it), follow up (what is not stored).
 *
 * An error in the write phase stops the loop: going on would lose what was not written.
 */
export class Sync {
  readonly #parts: SyncParts;
  readonly #connection = new Signal<Connection>("connecting");
  #state: SdkState | "connecting" = "connecting";
  #sdk: Sdk | null = null;
  #stopped = false;
  readonly #unsubscribe: () => void;

  constructor(parts: SyncParts) {
    this.#parts = parts;
    this.#unsubscribe = parts.platform.network.online.subscribe((online) => this.#onNetwork(online));
  }

  get connection(): ReadonlySignal<Connection> {
    return this.#connection;
  }

  /** Loads the SDK and begins. Resolves when the loop runs; contact with the server may still fail and be retried. */
  async start(): Promise<void> {
    const { platform, store, authorization, credentials } = this.#parts;
    const { startSdk } = await import("./sdk.ts");
    const filterId = await store.findFilterId();
    if (this.#stopped) {
      return;
    }
    this.#sdk = await startSdk({
      origin: platform.page.origin,
      userId: credentials.userId,
      deviceId: credentials.deviceId,
      accessToken: authorization.accessToken,
      fetch: authorization.fetch,
      filterId,
      keepFilterId: (id) => void store.write((write) => write.putFilterId(id)),
      findSyncToken: () => store.findSyncToken(),
      take: (answer) => this.#take(answer),
      onState: (state) => this.#onState(state),
    });
    if (this.#stopped) {
      this.#sdk.stop();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
    this.#sdk?.stop();
  }

  async #take(answer: unknown): Promise<void> {
    if (this.#stopped) {
      throw new Error("the loop was stopped");
    }
    const sync = await decrypt(prepare(answer));
    try {
      await this.#parts.store.write((write) => writeSync(write, this.#parts.credentials.userId, sync));
    } catch (problem) {
      console.error("sync.write.failed", problem);
      this.stop();
      this.#onState("stopped");
      throw problem;
    }
    this.#followUp(sync.joined);
  }

  #followUp(joined: readonly JoinedChat[]): void {
    for (const { chatId, typing, timeline } of joined) {
      if (typing !== null) {
        this.#parts.typing.set(chatId, typing);
      }
      this.#parts.typing.ended(
        chatId,
        timeline.map(({ sender }) => sender),
      );
    }
  }

  #onNetwork(online: boolean): void {
    this.#tell();
    if (online) {
      this.#sdk?.retryNow();
    }
  }

  #onState(state: SdkState): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    if (this.#state === "stopped") {
      this.#connection.set("stopped");
    } else if (!this.#parts.platform.network.online.value) {
      this.#connection.set("offline");
    } else if (this.#state === "failing") {
      this.#connection.set("server-unreachable");
    } else {
      this.#connection.set(this.#state);
    }
  }
}
