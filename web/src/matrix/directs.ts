import type { AccountApi } from "./api/account.ts";
import type { Chats } from "./chats.ts";
import type { ChatRecord } from "./store/records.ts";

/** Which chats are one-to-one, and making them. Spec: client-server, Direct messaging. */
export class Directs {
  readonly #chats: Chats;
  readonly #api: AccountApi;

  constructor(chats: Chats, api: AccountApi) {
    this.#chats = chats;
    this.#api = api;
  }

  /** The one-to-one chat with this person that is in use, newest activity first, or null. */
  find(userId: string): string | null {
    const { chats, directs } = this.#chats.contents.value;
    const candidates = [...chats.values()].filter(
      (chat) => chat.membership === "join" && isOnlyWith(chat, userId, directs.get(chat.chatId)),
    );
    candidates.sort((one, other) => (other.lastActivityMs ?? 0) - (one.lastActivityMs ?? 0));
    return candidates[0]?.chatId ?? null;
  }

  /** Makes a one-to-one chat with this person and invites them. */
  async create(userId: string): Promise<string> {
    const chatId = await this.#api.createRoom({
      is_direct: true,
      invite: [userId],
      preset: "trusted_private_chat",
    });
    await this.mark(chatId, userId);
    return chatId;
  }

  /** Files the chat under the person, for all of the account's devices. */
  async mark(chatId: string, userId: string): Promise<void> {
    const content = this.#chats.accountData("m.direct");
    const filed = content[userId];
    const chatIds: unknown[] = Array.isArray(filed) ? filed : [];
    if (!chatIds.includes(chatId)) {
      await this.#api.setAccountData("m.direct", { ...content, [userId]: [...chatIds, chatId] });
    }
  }
}

/**
 * Whether the chat serves for writing to this person alone: filed under them and not left by them, or, should the
 * filing have failed, a nameless one of two.
 */
function isOnlyWith(chat: ChatRecord, userId: string, filedUnder: string | undefined): boolean {
  const people = chat.joinedCount + chat.invitedCount;
  return filedUnder === undefined
    ? chat.name === null && people === 2 && chat.heroes.some((hero) => hero.userId === userId)
    : filedUnder === userId && people >= 2;
}
