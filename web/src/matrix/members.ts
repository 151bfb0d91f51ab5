import type { Account } from "./account.ts";
import { memberOf } from "./sync/write-state.ts";

/** All members of the chat are in the local store, asked of the server the first time; syncs keep them so. */
export async function readMembers(account: Account, chatId: string): Promise<void> {
  if (account.chats.contents.value.chats.get(chatId)?.membersComplete) {
    return;
  }
  const events = await account.api.members(chatId);
  await account.store.write(async (write) => {
    for (const event of events) {
      write.putMember(memberOf(chatId, event));
    }
    await write.changeChat(chatId, (chat) => ({ ...chat, membersComplete: true }));
  });
}
