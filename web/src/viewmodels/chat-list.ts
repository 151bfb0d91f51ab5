import { Disposables } from "../lib/disposables.ts";
import { Signal } from "../lib/signal.ts";
import type { Account } from "../matrix/account.ts";
import type { ChatsContents } from "../matrix/chats.ts";
import { erase } from "../matrix/leaving.ts";
import type { ChatRecord, OutboxRecord } from "../matrix/store/records.ts";
import type { ChatListSnapshot, ChatListViewModel, ChatRow, InviteRow } from "./chat-list.types.ts";
import type { Problem } from "./common.types.ts";
import { chatAvatarOf, isGroup, localNameOf, nameOf, personOf, titleOf } from "./people.ts";
import { activityOf, previewOf } from "./preview.ts";
import { problemOf } from "./problem.ts";

/** The list of chats and invitations. */
export class ChatListModel implements ChatListViewModel {
  readonly snapshot: Signal<ChatListSnapshot>;
  readonly #account: Account;
  readonly #disposables = new Disposables();
  readonly #answers = new Map<string, { answering: boolean; problem: Problem | null }>();
  readonly #made = new Map<string, { deps: readonly unknown[]; row: ChatRow }>();
  #selected: string | null = null;
  #refreshing = false;

  constructor(account: Account) {
    this.#account = account;
    this.snapshot = new Signal(this.#build());
    const { chats, typing, outbox, sync, me } = account;
    for (const source of [chats.contents, typing.people, outbox.waiting, sync.connection, me.name]) {
      this.#disposables.add((source as Signal<unknown>).subscribe(() => this.#refresh()));
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  select(chatId: string | null): void {
    this.#selected = chatId;
    this.#refresh();
  }

  async accept(chatId: string): Promise<boolean> {
    const chat = this.#account.chats.contents.value.chats.get(chatId);
    return this.#answer(chatId, async () => {
      await this.#account.api.join(chatId);
      if (chat?.invitedToDirect && chat.inviter !== null) {
        await this.#account.directs.mark(chatId, chat.inviter.userId);
      }
      // The sync will tell the rest; the invitation is answered now.
      await this.#account.store.write((write) =>
        write.changeChat(chatId, (invited) => ({
          ...invited,
          membership: "join",
          lastActivityMs: invited.lastActivityMs ?? this.#account.platform.clock.nowMs(),
        })),
      );
    });
  }

  async decline(chatId: string): Promise<void> {
    await this.#answer(chatId, () => erase(this.#account, chatId));
  }

  async #answer(chatId: string, work: () => Promise<void>): Promise<boolean> {
    this.#answers.set(chatId, { answering: true, problem: null });
    this.#refresh();
    try {
      await work();
      this.#answers.delete(chatId);
      return true;
    } catch (error) {
      this.#answers.set(chatId, { answering: false, problem: problemOf(error) });
      return false;
    } finally {
      this.#refresh();
    }
  }

  #refresh(): void {
    if (this.#refreshing) {
      return;
    }
    this.#refreshing = true;
    queueMicrotask(() => {
      this.#refreshing = false;
      if (!this.#disposables.disposed) {
        this.snapshot.set(this.#build());
      }
    });
  }

  #build(): ChatListSnapshot {
    const { chats, credentials, platform, sync, firstTime, me } = this.#account;
    const contents = chats.contents.value;
    const all = [...contents.chats.values()];
    const rows = this.#rows(all, contents);
    return {
      chats: rows,
      invites: all.filter(({ membership }) => membership === "invite").map((chat) => this.#invite(chat, contents)),
      connection: sync.connection.value,
      loaded: true,
      firstLoad: firstTime && sync.connection.value !== "live" && all.length === 0,
      me: personOf(credentials.userId, me.name.value),
      unreadTotal: rows.reduce((total, { unreadCount }) => total + unreadCount, 0),
      insecureAddress: credentials.administrator && !platform.page.secureContext,
    };
  }

  #rows(all: readonly ChatRecord[], contents: ChatsContents): ChatRow[] {
    const unsent = new Map(contents.outbox.map((message) => [message.chatId, message]));
    return all
      .filter(({ membership }) => membership !== "invite")
      .map((chat) => this.#row(chat, contents, unsent.get(chat.chatId)))
      .sort((one, other) => (other.lastActivityMs ?? 0) - (one.lastActivityMs ?? 0));
  }

  /** The same object as before when nothing it is made of changed: a list of a thousand redraws one row. */
  #row(chat: ChatRecord, contents: ChatsContents, unsent: OutboxRecord | undefined): ChatRow {
    const { chatId } = chat;
    const draft = contents.drafts.get(chatId);
    const selected = chatId === this.#selected;
    const waiting = this.#account.outbox.waiting.value.has(chatId);
    const typing = this.#account.typing.people.value.get(chatId);
    const deps = [chat, draft, unsent, selected, waiting, typing, contents.directs.get(chatId)];
    const before = this.#made.get(chatId);
    if (before?.deps.every((dep, index) => dep === deps[index])) {
      return before.row;
    }
    const group = isGroup(chat, contents.directs);
    const me = this.#account.credentials.userId;
    const row: ChatRow = {
      chatId,
      title: titleOf(chat),
      avatar: chatAvatarOf(chat, contents.directs),
      group,
      preview: previewOf({ me, chat, group, draft: selected ? undefined : draft, unsent, waiting }),
      lastActivityMs: activityOf(chat, unsent),
      unreadCount: chat.unreadCount,
      highlighted: chat.highlightCount > 0,
      typing: (typing ?? []).map((userId) => heroName(chat, userId)),
      selected,
    };
    this.#made.set(chatId, { deps, row });
    return row;
  }

  #invite(chat: ChatRecord, { directs }: ChatsContents): InviteRow {
    const inviter = chat.inviter ?? { userId: chat.chatId, name: null };
    const answer = this.#answers.get(chat.chatId);
    return {
      chatId: chat.chatId,
      title: titleOf(chat),
      avatar: chatAvatarOf(chat, directs),
      group: isGroup(chat, directs),
      inviter: personOf(inviter.userId, inviter.name),
      answering: answer?.answering ?? false,
      problem: answer?.problem ?? null,
    };
  }
}

/** The list keeps no members but those the chat is called by. */
function heroName(chat: ChatRecord, userId: string): string {
  const hero = chat.heroes.find((person) => person.userId === userId);
  return hero === undefined ? localNameOf(userId) : nameOf(userId, hero.name);
}
