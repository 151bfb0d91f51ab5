import { type ChatRecord, EMPTY_CHAT, type PersonRecord } from "../store/records.ts";
import type { StoreWrite } from "../store/write.ts";
import { textOf } from "../timeline/events.ts";
import type { InvitedChat, StrippedEvent } from "./prepare.ts";

/** Spec: client-server, Stripped state. */
export async function writeInvitedChat(write: StoreWrite, me: string, invited: InvitedChat): Promise<void> {
  const { chatId, state } = invited;
  const invitation = state.find((event) => event.type === "m.room.member" && event.state_key === me);
  const inviter = invitation === undefined ? null : personOf(invitation.sender, state);
  const known = await write.findChat(chatId);
  const chat: ChatRecord = {
    ...(known ?? { ...EMPTY_CHAT, chatId }),
    membership: "invite",
    name: textOf(state.find((event) => event.type === "m.room.name")?.content["name"]) || null,
    heroes: state
      .filter((event) => event.type === "m.room.member" && event.state_key !== me)
      .map((event) => personOf(event.state_key ?? event.sender, state)),
    inviter,
    invitedToDirect: invitation?.content["is_direct"] === true,
  };
  write.putChat(chat);
}

function personOf(userId: string, state: readonly StrippedEvent[]): PersonRecord {
  const member = state.find((event) => event.type === "m.room.member" && event.state_key === userId);
  return { userId, name: textOf(member?.content["displayname"]) };
}
