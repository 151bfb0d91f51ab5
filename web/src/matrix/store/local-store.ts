import type { Content } from "../api/wire.ts";
import type { StoreChange } from "./change.ts";
import { ofChat, positionsBelow } from "./ranges.ts";
import {
  type ChatRecord,
  type EventEntry,
  isGap,
  type MemberRecord,
  type OutboxRecord,
  type TimelineEntry,
} from "./records.ts";
import { type Database, STORE_NAMES } from "./schema.ts";
import { StoreWrite } from "./write.ts";

/**
 * What this device knows of the account: the only source of what is on the screen.
 *
 * Reads are methods; writes go through `write`, which tells the listeners after the database committed,
 * never before. Once closed, nothing answers any more: whoever still asks belongs to an app that is gone.
 */
export class LocalStore {
  readonly #database: Database;
  readonly #listeners = new Set<(change: StoreChange) => void>();
  #closed = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Runs `work` in one transaction. When it throws nothing is kept, nobody is told, and the error is passed on. */
  async write<Result>(work: (write: StoreWrite) => Promise<Result> | Result): Promise<Result> {
    const database = await this.#open();
    const transaction = database.transaction(STORE_NAMES, "readwrite");
    const write = new StoreWrite(transaction);
    let result: Result;
    try {
      result = await work(write);
    } catch (problem) {
      transaction.done.catch(() => {
        // It is the abort asked for below; `problem` is what happened.
      });
      transaction.abort();
      throw problem;
    }
    await transaction.done;
    if (!write.change.isEmpty) {
      this.#tell(write.change);
    }
    return result;
  }

  /** Calls `listener` after each committed write. The returned function stops that. */
  onChange(listener: (change: StoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #tell(change: StoreChange): void {
    for (const listener of [...this.#listeners]) {
      listener(change);
    }
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#database.close();
  }

  #open(): Database | Promise<never> {
    return this.#closed ? new Promise<never>(() => {}) : this.#database;
  }

  async listChats(): Promise<ChatRecord[]> {
    return (await this.#open()).getAll("chats");
  }

  async listOutbox(): Promise<OutboxRecord[]> {
    return (await this.#open()).getAll("outbox");
  }

  async listDrafts(): Promise<Map<string, string>> {
    const drafts = await (await this.#open()).getAll("drafts");
    return new Map(drafts.map((draft) => [draft.chatId, draft.text]));
  }

  async listMembers(chatId: string): Promise<MemberRecord[]> {
    return (await this.#open()).getAll("members", ofChat(chatId));
  }

  async listAccountData(): Promise<Map<string, Content>> {
    const records = await (await this.#open()).getAll("accountData");
    return new Map(records.map((record) => [record.type, record.content]));
  }

  /** The `count` entries just below `position`, oldest first. */
  async listEntriesBelow(chatId: string, position: number, count: number): Promise<TimelineEntry[]> {
    const entries: TimelineEntry[] = [];
    const timeline = (await this.#open()).transaction("timeline").store;
    let cursor = await timeline.openCursor(positionsBelow(chatId, position), "prev");
    while (cursor !== null && entries.length < count) {
      entries.push(cursor.value);
      cursor = await cursor.continue();
    }
    return entries.reverse();
  }

  async findEvent(chatId: string, eventId: string): Promise<EventEntry | null> {
    const entry = await (await this.#open()).getFromIndex("timeline", "byEvent", [chatId, eventId]);
    return entry === undefined || isGap(entry) ? null : entry;
  }

  findSyncToken(): Promise<string | null> {
    return this.#findText("syncToken");
  }

  findFilterId(): Promise<string | null> {
    return this.#findText("filterId");
  }

  findOwnName(): Promise<string | null> {
    return this.#findText("ownName");
  }

  async #findText(key: "syncToken" | "filterId" | "ownName"): Promise<string | null> {
    const value = await (await this.#open()).get("values", key);
    return typeof value === "string" && value !== "" ? value : null;
  }
}
