import type { Account } from "./account.ts";
import { Refused } from "./api/errors.ts";

/** Leaves a chat, or refuses an invitation to it; nothing of it remains here. */
export async function erase(account: Account, chatId: string): Promise<void> {
  const chat = account.chats.contents.value.chats.get(chatId);
  if (chat?.membership !== "leave") {
    await account.api.leave(chatId);
  }
  try {
    await account.api.forget(chatId);
  } catch (problem) {
    // The chat is left; that the server keeps it in its lists harms nobody.
    if (!(problem instanceof Refused)) {
      throw problem;
    }
  }
  await account.store.write((write) => write.eraseChat(chatId));
}
