import type { StoreWrite } from "../store/write.ts";
import type { LeftChat } from "./prepare.ts";
import { appendTimeline } from "./write-joined.ts";

/** A chat left by this person disappears from the device; one they were removed from stays, to be read. */
export async function writeLeftChat(write: StoreWrite, me: string, left: LeftChat): Promise<void> {
  const chat = await write.findChat(left.chatId);
  if (chat === null) {
    return;
  }
  const leaving = left.timeline.findLast((event) => event.type === "m.room.member" && event.state_key === me);
  if (chat.membership === "invite" || leaving === undefined || leaving.sender === me) {
    await write.eraseChat(left.chatId);
    return;
  }
  const after = await appendTimeline(write, me, chat, left.timeline, false);
  write.putChat({ ...after, membership: "leave", mayWrite: false, unreadCount: 0, highlightCount: 0 });
}
