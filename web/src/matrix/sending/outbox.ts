import { type ReadonlySignal, Signal } from "../../lib/signal.ts";
import type { Platform } from "../../platform/types.ts";
import type { AccountApi } from "../api/account.ts";
import type { Content } from "../api/wire.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { OutboxRecord } from "../store/records.ts";
import { Lane } from "./lane.ts";

/**
 * The messages this person wrote that the server may not have yet. They are in the local database before
 * anything is sent, so they survive a reload and a dead network; each chat is a lane of its own, in which they
 * leave one after the other.
 *
 * Never twice: a message's transaction id is made once, and the server takes each id but once.
 */
export class Outbox {
  readonly #store: LocalStore;
  readonly #api: AccountApi;
  readonly #platform: Platform;
  readonly #lanes = new Map<string, Lane>();
  readonly #waiting = new Signal<ReadonlySet<string>>(new Set());
  readonly #unsubscribe: () => void;
  #sequence = 0;

  constructor(store: LocalStore, api: AccountApi, platform: Platform) {
    this.#store = store;
    this.#api = api;
    this.#platform = platform;
    this.#unsubscribe = platform.network.online.subscribe((online) => {
      if (online) {
        this.retryNow();
      }
    });
  }

  /** Chats whose messages cannot leave now: no network, or the server did not answer. */
  get waiting(): ReadonlySignal<ReadonlySet<string>> {
    return this.#waiting;
  }

  /** Takes up again what an earlier run of the app left. */
  async start(): Promise<void> {
    const left = await this.#store.listOutbox();
    this.#sequence = Math.max(this.#sequence, ...left.map((message) => message.sequence));
    for (const chatId of new Set(left.map((message) => message.chatId))) {
      this.#lane(chatId).run();
    }
  }

  stop(): void {
    this.#unsubscribe();
    for (const lane of this.#lanes.values()) {
      lane.stop();
    }
  }

  /** Resolves when the message is safe on this device; it leaves by itself. The chat's draft is used up. */
  async add(chatId: string, type: string, content: Content): Promise<void> {
    this.#sequence += 1;
    const message: OutboxRecord = {
      transactionId: this.#platform.random.id(),
      chatId,
      sequence: this.#sequence,
      type,
      content,
      writtenAtMs: this.#platform.clock.nowMs(),
      state: "waiting",
      eventId: null,
    };
    await this.#store.write((write) => {
      write.putOutbox(message);
      write.putDraft(chatId, "");
    });
    this.#lane(chatId).run();
  }

  /** Tries a refused message again, in its old place. */
  async resend(transactionId: string): Promise<void> {
    const chatId = await this.#store.write(async (write) => {
      const message = await write.findOutbox(transactionId);
      if (message?.state !== "failed") {
        return null;
      }
      write.putOutbox({ ...message, state: "waiting" });
      return message.chatId;
    });
    if (chatId !== null) {
      this.#lane(chatId).run();
    }
  }

  /** Forgets a refused message. One that may have reached the server is not forgotten. */
  async discard(transactionId: string): Promise<void> {
    await this.#store.write(async (write) => {
      if ((await write.findOutbox(transactionId))?.state === "failed") {
        write.removeOutbox(transactionId);
      }
    });
  }

  #lane(chatId: string): Lane {
    let lane = this.#lanes.get(chatId);
    if (lane === undefined) {
      lane = new Lane(chatId, {
        store: this.#store,
        api: this.#api,
        platform: this.#platform,
        onWaiting: (waiting) => this.#setWaiting(chatId, waiting),
      });
      this.#lanes.set(chatId, lane);
    }
    return lane;
  }

  #setWaiting(chatId: string, waiting: boolean): void {
    if (waiting === this.#waiting.value.has(chatId)) {
      return;
    }
    const chats = new Set(this.#waiting.value);
    if (waiting) {
      chats.add(chatId);
    } else {
      chats.delete(chatId);
    }
    this.#waiting.set(chats);
  }

  /** The server is known to answer: nothing needs to wait for its next try. */
  retryNow(): void {
    for (const lane of this.#lanes.values()) {
      lane.retryNow();
    }
  }
}
