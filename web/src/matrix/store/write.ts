import type { Content } from "../api/wire.ts";
import { StoreChange } from "./change.ts";
import { ofChat, positionsBelow } from "./ranges.ts";
import {
  type ChatRecord,
  type Credentials,
  type EventEntry,
  isGap,
  type MemberRecord,
  type OutboxRecord,
  type StateRecord,
  type TimelineEntry,
  type WaitingEdit,
  type WaitingReceipt,
} from "./records.ts";
import type { WriteTransaction } from "./schema.ts";

/**
 * One write to the local database: everything done through it is committed together, or not at all, and
 * `change` then tells what it was. Only database calls may be awaited in between: the browser commits a
 * transaction by itself as soon as it has nothing to do.
 *
 * Puts are not awaited: a failing one aborts the transaction, which whoever made it waits for.
 */
export class StoreWrite {
  readonly change = new StoreChange();
  readonly #transaction: WriteTransaction;

  constructor(transaction: WriteTransaction) {
    this.#transaction = transaction;
  }

  // Chats

  async findChat(chatId: string): Promise<ChatRecord | null> {
    return (await this.#transaction.objectStore("chats").get(chatId)) ?? null;
  }

  putChat(chat: ChatRecord): void {
    this.#put("chats", chat);
    this.change.chats.set(chat.chatId, chat);
  }

  async changeChat(chatId: string, change: (chat: ChatRecord) => ChatRecord): Promise<void> {
    const chat = await this.findChat(chatId);
    if (chat !== null) {
      this.putChat(change(chat));
    }
  }

  /** Nothing of the chat remains on this device. */
  async eraseChat(chatId: string): Promise<void> {
    await this.#transaction.objectStore("chats").delete(chatId);
    await this.#transaction.objectStore("drafts").delete(chatId);
    for (const name of ["state", "members", "timeline", "waitingEdits", "waitingReceipts"] as const) {
      await this.#transaction.objectStore(name).delete(ofChat(chatId));
    }
    for (const message of await this.listOutbox(chatId)) {
      this.removeOutbox(message.transactionId);
    }
    this.change.timelines.delete(chatId);
    this.change.chats.set(chatId, null);
    this.change.drafts.set(chatId, "");
  }

  // State and members

  putState(record: StateRecord): void {
    this.#put("state", record);
  }

  async findState(chatId: string, type: string, stateKey: string): Promise<StateRecord | null> {
    return (await this.#transaction.objectStore("state").get([chatId, type, stateKey])) ?? null;
  }

  putMember(record: MemberRecord): void {
    this.#put("members", record);
    const changed = this.change.members.get(record.chatId);
    if (changed === undefined) {
      this.change.members.set(record.chatId, [record]);
    } else {
      changed.push(record);
    }
  }

  async findMember(chatId: string, userId: string): Promise<MemberRecord | null> {
    return (await this.#transaction.objectStore("members").get([chatId, userId])) ?? null;
  }

  listMembers(chatId: string): Promise<MemberRecord[]> {
    return this.#transaction.objectStore("members").getAll(ofChat(chatId));
  }

  // Timeline

  putEntry(entry: TimelineEntry): void {
    this.#put("timeline", entry);
    const change = this.change.timeline(entry.chatId);
    change.removed.delete(entry.position);
    change.put.set(entry.position, entry);
  }

  removeEntry(chatId: string, position: number): void {
    void this.#transaction.objectStore("timeline").delete([chatId, position]);
    const change = this.change.timeline(chatId);
    change.put.delete(position);
    change.removed.add(position);
  }

  async findEntry(chatId: string, position: number): Promise<TimelineEntry | null> {
    return (await this.#transaction.objectStore("timeline").get([chatId, position])) ?? null;
  }

  async findEvent(chatId: string, eventId: string): Promise<EventEntry | null> {
    const entry = await this.#transaction.objectStore("timeline").index("byEvent").get([chatId, eventId]);
    return entry === undefined || isGap(entry) ? null : entry;
  }

  /** The nearest entry below `position`, or null at the start of what is known. */
  async findEntryBelow(chatId: string, position: number): Promise<TimelineEntry | null> {
    const below = await this.#transaction.objectStore("timeline").openCursor(positionsBelow(chatId, position), "prev");
    return below?.value ?? null;
  }

  // What waits for an event that is not here yet

  putWaitingEdit(edit: WaitingEdit): void {
    this.#put("waitingEdits", edit);
  }

  async takeWaitingEdit(chatId: string, targetId: string): Promise<WaitingEdit | null> {
    const store = this.#transaction.objectStore("waitingEdits");
    const edit = (await store.get([chatId, targetId])) ?? null;
    if (edit !== null) {
      await store.delete([chatId, targetId]);
    }
    return edit;
  }

  putWaitingReceipt(receipt: WaitingReceipt): void {
    this.#put("waitingReceipts", receipt);
  }

  removeWaitingReceipt(chatId: string, userId: string): void {
    void this.#transaction.objectStore("waitingReceipts").delete([chatId, userId]);
  }

  listWaitingReceipts(chatId: string): Promise<WaitingReceipt[]> {
    return this.#transaction.objectStore("waitingReceipts").getAll(ofChat(chatId));
  }

  // Outbox and drafts

  putOutbox(message: OutboxRecord): void {
    this.#put("outbox", message);
    this.change.outbox.set(message.transactionId, message);
  }

  async findOutbox(transactionId: string): Promise<OutboxRecord | null> {
    return (await this.#transaction.objectStore("outbox").get(transactionId)) ?? null;
  }

  /** Few are ever waiting: all are read, then picked. */
  async listOutbox(chatId: string): Promise<OutboxRecord[]> {
    const all = await this.#transaction.objectStore("outbox").getAll();
    return all.filter((message) => message.chatId === chatId);
  }

  removeOutbox(transactionId: string): void {
    void this.#transaction.objectStore("outbox").delete(transactionId);
    this.change.outbox.set(transactionId, null);
  }

  putDraft(chatId: string, text: string): void {
    const drafts = this.#transaction.objectStore("drafts");
    void (text === "" ? drafts.delete(chatId) : drafts.put({ chatId, text }));
    this.change.drafts.set(chatId, text);
  }

  // The account

  putAccountData(type: string, content: Content): void {
    this.#put("accountData", { type, content });
    this.change.accountData.set(type, content);
  }

  putSyncToken(token: string): void {
    void this.#transaction.objectStore("values").put(token, "syncToken");
  }

  /** Empty: none chosen. */
  putOwnName(name: string): void {
    void this.#transaction.objectStore("values").put(name, "ownName");
  }

  putFilterId(filterId: string): void {
    void this.#transaction.objectStore("values").put(filterId, "filterId");
  }

  putCredentials(credentials: Credentials): void {
    void this.#transaction.objectStore("values").put(credentials, "credentials");
  }

  #put(name: "chats", value: ChatRecord): void;
  #put(name: "state", value: StateRecord): void;
  #put(name: "members", value: MemberRecord): void;
  #put(name: "timeline", value: TimelineEntry): void;
  #put(name: "waitingEdits", value: WaitingEdit): void;
  #put(name: "waitingReceipts", value: WaitingReceipt): void;
  #put(name: "outbox", value: OutboxRecord): void;
  #put(name: "accountData", value: { type: string; content: Content }): void;
  #put(
    name: "chats" | "state" | "members" | "timeline" | "waitingEdits" | "waitingReceipts" | "outbox" | "accountData",
    value: object,
  ): void {
    this.#transaction
      .objectStore(name)
      .put(value as never)
      .catch(() => {
        // The transaction aborts with the same error, and its owner gets it.
      });
  }
}
