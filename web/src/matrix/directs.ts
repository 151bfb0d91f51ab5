import type { AccountApi } from "./api/account.ts";
import type { Chats } from "./chats.ts";

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
      (chat) => directs.get(chat.chatId) === userId && chat.membership === "join" && hasOther(chat),
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

/** A chat that the other left for good is of no use for writing to them. */
function hasOther(chat: { joinedCount: number; invitedCount: number }): boolean {
  return chat.joinedCount + chat.invitedCount >= 2;
}
