import type { StoreWrite } from "../store/write.ts";
import type { PreparedSync } from "./prepare.ts";
import { writeInvitedChat } from "./write-invite.ts";
import { writeJoinedChat } from "./write-joined.ts";
import { writeLeftChat } from "./write-left.ts";

/** Third phase of a sync: all of it, with its token, in one transaction of the local database. */
export async function writeSync(write: StoreWrite, me: string, sync: PreparedSync): Promise<void> {
  for (const [type, content] of sync.accountData) {
    write.putAccountData(type, content);
  }
  for (const invited of sync.invited) {
    await writeInvitedChat(write, me, invited);
  }
  for (const joined of sync.joined) {
    await writeJoinedChat(write, me, joined);
  }
  for (const left of sync.left) {
    await writeLeftChat(write, me, left);
  }
  write.putSyncToken(sync.token);
}
