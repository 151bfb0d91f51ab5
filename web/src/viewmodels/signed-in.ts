import { Account } from "../matrix/account.ts";
import { ChatModel } from "./chat.ts";
import { ChatListModel } from "./chat-list.ts";
import { NewChatModel } from "./new-chat.ts";
import { NewGroupModel } from "./new-group.ts";
import { SettingsModel } from "./settings.ts";
import type { Chats } from "./start.types.ts";

/** What is loaded only once somebody is signed in. */

export const openAccount = Account.open;

export function chatsOf(account: Account, signOut: () => Promise<void>): Chats {
  return {
    chatList: () => new ChatListModel(account),
    chat: (chatId) => new ChatModel(account, chatId),
    newChat: () => new NewChatModel(account),
    newGroup: () => new NewGroupModel(account),
    settings: () => new SettingsModel(account, signOut),
  };
}
