import type { Clock } from "../../platform/types.ts";
import type { AccountApi } from "../api/account.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { EventEntry } from "../store/records.ts";
import { readByMe } from "../timeline/fill.ts";

const AT_MOST_EVERY_MS = 800;

/** Tells the server up to where one chat was read: the furthest only, and not at every message. */
export class ReadMarker {
  readonly #store: LocalStore;
  readonly #api: AccountApi;
  readonly #clock: Clock;
  #furthest: EventEntry | null = null;
  #told: number = Number.NEGATIVE_INFINITY;
  #waiting = false;

  constructor(store: LocalStore, api: AccountApi, clock: Clock) {
    this.#store = store;
    this.#api = api;
    this.#clock = clock;
  }

  read(entry: EventEntry): void {
    if (entry.position <= this.#told) {
      return;
    }
    this.#furthest = entry;
    if (!this.#waiting) {
      this.#waiting = true;
      // A little later: a burst of messages is one receipt.
      this.#clock.after(AT_MOST_EVERY_MS, () => {
        this.#waiting = false;
        void this.#tell();
      });
    }
  }

  async #tell(): Promise<void> {
    const entry = this.#furthest;
    if (entry === null || entry.position <= this.#told) {
      return;
    }
    const before = this.#told;
    this.#told = entry.position;
    try {
      await this.#api.setRead(entry.chatId, entry.eventId);
      await this.#store.write((write) =>
        write.changeChat(entry.chatId, (chat) => ({
          ...readByMe(chat, entry.position),
          ...(entry.position >= chat.topPosition ? { unreadCount: 0, highlightCount: 0 } : {}),
        })),
      );
    } catch {
      // Said again when the chat is next seen.
      this.#told = before;
    }
  }
}
