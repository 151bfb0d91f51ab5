import { Disposables } from "../lib/disposables.ts";
import { Signal } from "../lib/signal.ts";
import type { Account } from "../matrix/account.ts";
import { findMessage } from "../matrix/find-message.ts";
import { erase } from "../matrix/leaving.ts";
import { readMembers } from "../matrix/members.ts";
import { ReadMarker } from "../matrix/sending/read-marker.ts";
import { TypingSender } from "../matrix/sending/typing-sender.ts";
import { type ChatRecord, type EventRecord, isGap } from "../matrix/store/records.ts";
import { Timeline } from "../matrix/timeline/timeline.ts";
import type { ChatSnapshot, ChatViewModel, OlderState } from "./chat.types.ts";
import { headerOf } from "./chat-header.ts";
import type { Problem } from "./common.types.ts";
import { contentOf } from "./composing.ts";
import { problemOf } from "./problem.ts";
import { keyOfEvent, positionOfGap, quoteOf, Rows, type RowsInput } from "./rows.ts";

const DRAFT_SAVED_AFTER_MS = 400;
const PAGES_AT_ONCE = 5;

/** One open chat. */
export class ChatModel implements ChatViewModel {
  readonly snapshot: Signal<ChatSnapshot>;
  readonly #account: Account;
  readonly #chatId: string;
  readonly #timeline: Timeline;
  readonly #typing: TypingSender;
  readonly #readMarker: ReadMarker;
  readonly #rows = new Rows();
  readonly #disposables = new Disposables();
  #quoted: ReadonlyMap<string, EventRecord | null> = new Map();
  #unreadAbove: number | null;
  #replyingTo: EventRecord | null = null;
  #withMembers = false;
  #problem: Problem | null = null;
  #unsavedDraft: string | null = null;
  #cancelDraft: () => void = () => {};
  #refreshing = false;
  #wasHere = false;

  constructor(account: Account, chatId: string) {
    const { store, api, platform, chats, outbox, sync, typing } = account;
    this.#account = account;
    this.#chatId = chatId;
    this.#timeline = new Timeline(chatId, store, api);
    this.#typing = new TypingSender(chatId, api, platform.clock);
    this.#readMarker = new ReadMarker(store, api, platform.clock);
    this.#unreadAbove = unreadAboveOf(chats.contents.value.chats.get(chatId));
    this.snapshot = new Signal(this.#build());
    this.#disposables.add(() => this.#timeline.dispose());
    this.#disposables.add(() => this.#flushDraft());
    for (const source of [this.#timeline.contents, chats.contents, outbox.waiting, sync.connection, typing.people]) {
      this.#disposables.add((source as Signal<unknown>).subscribe(() => this.#refresh()));
    }
    void this.#timeline.open();
  }

  dispose(): void {
    this.#typing.ended(false);
    this.#disposables.dispose();
  }

  /** A page may hold nothing that is shown: then the next one is asked for too. */
  async loadOlder(): Promise<void> {
    const before = this.#build();
    for (let page = 0; page < PAGES_AT_ONCE; page += 1) {
      await this.#timeline.loadOlder();
      const now = this.#build();
      if (now.rows.length > before.rows.length || now.older !== "more") {
        return;
      }
    }
  }

  fillGap(rowKey: string): Promise<void> {
    return this.#timeline.fillGap(positionOfGap(rowKey));
  }

  async loadMembers(): Promise<void> {
    await this.#attempt(async () => {
      await readMembers(this.#account, this.#chatId);
      this.#withMembers = true;
    });
  }

  send(text: string): void {
    const trimmed = text.trim();
    if (trimmed === "") {
      return;
    }
    const content = contentOf(trimmed, this.#replyingTo, this.#account.credentials.userId);
    this.#cancelDraft();
    this.#unsavedDraft = null;
    this.#replyingTo = null;
    this.#unreadAbove = null;
    this.#typing.ended(true);
    this.#account.outbox.add(this.#chatId, "m.room.message", content).catch((error: unknown) => {
      // The device is full, or worse: whoever wrote must know that it is kept nowhere.
      this.#problem = { kind: "other", text: String(error) };
      this.#refresh();
    });
    this.#refresh();
  }

  replyTo(rowKey: string): void {
    const entry = this.#timeline.contents.value.entries.find(
      (candidate) => !isGap(candidate) && keyOfEvent(candidate.event) === rowKey,
    );
    this.#replyingTo = entry === undefined || isGap(entry) ? null : entry.event;
    this.#refresh();
  }

  cancelReply(): void {
    this.#replyingTo = null;
    this.#refresh();
  }

  resend(rowKey: string): void {
    void this.#account.outbox.resend(rowKey);
  }

  discard(rowKey: string): void {
    void this.#account.outbox.discard(rowKey);
  }

  typing(text: string): void {
    this.#cancelDraft();
    this.#unsavedDraft = text;
    this.#cancelDraft = this.#account.platform.clock.after(DRAFT_SAVED_AFTER_MS, () => this.#flushDraft());
    if (text.trim() === "") {
      this.#typing.ended(false);
    } else {
      this.#typing.writing();
    }
  }

  markRead(): void {
    const newest = this.#timeline.contents.value.entries.findLast((entry) => !isGap(entry));
    const chat = this.#chat;
    if (
      newest !== undefined &&
      !isGap(newest) &&
      newest.position > (chat?.ownReadPosition ?? Number.NEGATIVE_INFINITY)
    ) {
      this.#readMarker.read(newest);
    }
  }

  async leave(): Promise<boolean> {
    return this.#attempt(() => erase(this.#account, this.#chatId));
  }

  async #attempt(work: () => Promise<void>): Promise<boolean> {
    this.#problem = null;
    try {
      await work();
      this.#refresh();
      return true;
    } catch (error) {
      this.#problem = problemOf(error);
      this.#refresh();
      return false;
    }
  }

  get #chat(): ChatRecord | undefined {
    const chat = this.#account.chats.contents.value.chats.get(this.#chatId);
    this.#wasHere ||= chat !== undefined;
    return chat;
  }

  /** A chat just made may be written to before it arrives by sync; one that was left may not. */
  get #mayWrite(): boolean {
    const chat = this.#chat;
    return chat === undefined ? !this.#wasHere : chat.membership === "join" && chat.mayWrite;
  }

  #flushDraft(): void {
    this.#cancelDraft();
    const text = this.#unsavedDraft;
    this.#unsavedDraft = null;
    const before = this.#account.chats.contents.value.drafts.get(this.#chatId) ?? "";
    if (text !== null && text !== before) {
      void this.#account.store.write((write) => write.putDraft(this.#chatId, text));
    }
  }

  /** Many sources may change at once, by one commit: the snapshot is made once, a moment later. */
  #refresh(): void {
    if (this.#refreshing) {
      return;
    }
    this.#refreshing = true;
    queueMicrotask(() => {
      this.#refreshing = false;
      if (!this.#disposables.disposed) {
        this.snapshot.set(this.#build());
        void this.#findQuotes();
      }
    });
  }

  #build(): ChatSnapshot {
    const { credentials, chats, sync, typing } = this.#account;
    const input = this.#rowsInput();
    const { timeline } = input;
    return {
      chatId: this.#chatId,
      header: headerOf({
        me: credentials.userId,
        chatId: this.#chatId,
        contents: chats.contents.value,
        members: timeline.members,
        typing: typing.people.value.get(this.#chatId) ?? [],
        withMembers: this.#withMembers,
      }),
      rows: timeline.loaded ? this.#rows.build(input) : [],
      loaded: timeline.loaded,
      older: olderOf(input),
      composer: {
        draft: chats.contents.value.drafts.get(this.#chatId) ?? "",
        replyingTo: this.#replyingTo === null ? null : quoteOf(this.#replyingTo, input),
        mayWrite: this.#mayWrite,
      },
      connection: sync.connection.value,
      problem: this.#problem,
    };
  }

  #rowsInput(): RowsInput {
    const { credentials, chats, outbox } = this.#account;
    return {
      me: credentials.userId,
      timeline: this.#timeline.contents.value,
      outbox: chats.contents.value.outbox.filter(({ chatId }) => chatId === this.#chatId),
      waiting: outbox.waiting.value.has(this.#chatId),
      othersReadPosition: this.#chat?.othersReadPosition ?? null,
      unreadAbove: this.#unreadAbove,
      quoted: this.#quoted,
    };
  }

  /** Quoted messages out of the window are looked for elsewhere, each once. */
  async #findQuotes(): Promise<void> {
    const missing = [...this.#rows.missingQuotes];
    if (missing.length === 0) {
      return;
    }
    this.#quoted = new Map([...this.#quoted, ...missing.map((id) => [id, null] as const)]);
    const found = await Promise.all(missing.map((id) => findMessage(this.#account, this.#chatId, id)));
    this.#quoted = new Map([...this.#quoted, ...missing.map((id, at) => [id, found[at] ?? null] as const)]);
    this.#refresh();
  }
}

function unreadAboveOf(chat: ChatRecord | undefined): number | null {
  return chat === undefined || chat.unreadCount === 0 ? null : (chat.ownReadPosition ?? chat.ownJoinPosition ?? null);
}

function olderOf({ timeline }: RowsInput): OlderState {
  const first = timeline.entries[0];
  if (timeline.moreStored || !timeline.loaded) {
    return "more";
  }
  // Nothing at all: the chat was just made or joined, and has not arrived by sync.
  if (first === undefined || timeline.filling.has(first.position)) {
    return "loading";
  }
  if (!isGap(first)) {
    return "beginning";
  }
  return timeline.failed.has(first.position) ? "failed" : "more";
}
