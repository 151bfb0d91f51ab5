import type { ChatsContents } from "../matrix/chats.ts";
import { type ChatRecord, EMPTY_CHAT, type MemberRecord } from "../matrix/store/records.ts";
import type { ChatHeader, ChatMember } from "./chat.types.ts";
import { chatAvatarOf, isGroup, memberName, personOf, titleOf } from "./people.ts";

export interface HeaderInput {
  readonly me: string;
  readonly chatId: string;
  readonly contents: ChatsContents;
  readonly members: ReadonlyMap<string, MemberRecord>;
  readonly typing: readonly string[];
  /** `loadMembers()` was called and answered. */
  readonly withMembers: boolean;
}

export function headerOf(input: HeaderInput): ChatHeader {
  const { contents, members } = input;
  // A chat just made may not have arrived by sync yet.
  const chat: ChatRecord = contents.chats.get(input.chatId) ?? { ...EMPTY_CHAT, chatId: input.chatId };
  const group = isGroup(chat, contents.directs);
  return {
    title: titleOf(chat),
    avatar: chatAvatarOf(chat, contents.directs),
    group,
    memberCount: chat.joinedCount + chat.invitedCount,
    members: input.withMembers ? membersOf(input) : [],
    typing: input.typing.map((userId) => memberName(members, userId)),
    awaitingAnswer: !group && chat.joinedCount === 1 && chat.invitedCount > 0,
  };
}

function membersOf({ members, me }: HeaderInput): ChatMember[] {
  return [...members.values()]
    .filter(({ membership }) => membership === "join" || membership === "invite")
    .map(({ userId, name, membership }) => ({
      ...personOf(userId, name),
      invited: membership === "invite",
      own: userId === me,
    }))
    .sort((one, other) => Number(other.own) - Number(one.own) || one.name.localeCompare(other.name));
}
