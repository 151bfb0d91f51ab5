import { type ReadonlySignal, Signal } from "../lib/signal.ts";
import type { Content } from "./api/wire.ts";
import type { StoreChange } from "./store/change.ts";
import type { LocalStore } from "./store/local-store.ts";
import type { ChatRecord, OutboxRecord } from "./store/records.ts";

/** What the list of chats is made of, all in memory: one small record for each chat. */
export interface ChatsContents {
  readonly chats: ReadonlyMap<string, ChatRecord>;
  readonly drafts: ReadonlyMap<string, string>;
  /** Messages not (seen) arrived yet, in order of writing. */
  readonly outbox: readonly OutboxRecord[];
  /** With whom each one-to-one chat is, by chat. */
  readonly directs: ReadonlyMap<string, string>;
}

/** The store's small tables, read once and then kept level with what is committed. */
export class Chats {
  readonly #contents: Signal<ChatsContents>;
  readonly #unsubscribe: () => void;
  #accountData: Map<string, Content>;

  private constructor(store: LocalStore, contents: ChatsContents, accountData: Map<string, Content>) {
    this.#contents = new Signal(contents);
    this.#accountData = accountData;
    this.#unsubscribe = store.onChange((change) => this.#take(change));
  }

  static async read(store: LocalStore): Promise<Chats> {
    const [chats, drafts, outbox, accountData] = await Promise.all([
      store.listChats(),
      store.listDrafts(),
      store.listOutbox(),
      store.listAccountData(),
    ]);
    const contents = {
      chats: new Map(chats.map((chat) => [chat.chatId, chat])),
      drafts,
      outbox: inOrder(outbox),
      directs: directsOf(accountData.get("m.direct")),
    };
    return new Chats(store, contents, accountData);
  }

  get contents(): ReadonlySignal<ChatsContents> {
    return this.#contents;
  }

  accountData(type: string): Content {
    return this.#accountData.get(type) ?? {};
  }

  dispose(): void {
    this.#unsubscribe();
  }

  #take(change: StoreChange): void {
    for (const [type, content] of change.accountData) {
      this.#accountData.set(type, content);
    }
    const direct = change.accountData.get("m.direct");
    this.#contents.update((before) => ({
      chats: change.chats.size === 0 ? before.chats : changed(before.chats, change.chats),
      drafts: change.drafts.size === 0 ? before.drafts : changed(before.drafts, withoutBlank(change.drafts)),
      outbox: change.outbox.size === 0 ? before.outbox : changedOutbox(before.outbox, change.outbox),
      directs: direct === undefined ? before.directs : directsOf(direct),
    }));
  }
}

function changed<Value>(
  before: ReadonlyMap<string, Value>,
  change: ReadonlyMap<string, Value | null>,
): ReadonlyMap<string, Value> {
  const after = new Map(before);
  for (const [key, value] of change) {
    if (value === null) {
      after.delete(key);
    } else {
      after.set(key, value);
    }
  }
  return after;
}

function withoutBlank(drafts: ReadonlyMap<string, string>): Map<string, string | null> {
  return new Map([...drafts].map(([chatId, text]) => [chatId, text === "" ? null : text]));
}

function changedOutbox(
  before: readonly OutboxRecord[],
  change: ReadonlyMap<string, OutboxRecord | null>,
): readonly OutboxRecord[] {
  const byTransaction = new Map(before.map((message) => [message.transactionId, message]));
  return inOrder([...changed(byTransaction, change).values()]);
}

function inOrder(outbox: readonly OutboxRecord[]): readonly OutboxRecord[] {
  return outbox.toSorted((one, other) => one.sequence - other.sequence);
}

/** Spec: client-server, Direct messaging. */
function directsOf(content: Content | undefined): ReadonlyMap<string, string> {
  const directs = new Map<string, string>();
  for (const [userId, chatIds] of Object.entries(content ?? {})) {
    for (const chatId of Array.isArray(chatIds) ? chatIds : []) {
      directs.set(String(chatId), userId);
    }
  }
  return directs;
}
